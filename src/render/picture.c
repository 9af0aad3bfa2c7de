#include "render/picture.h"

#include <stdlib.h>

void mmax_picture_clear(mmax_picture *picture)
{
    for (size_t i = 0; i < picture->n_words; i++)
        free(picture->words[i].text);
    free(picture->words);
    free(picture->pixels);
    picture->words = NULL;
    picture->pixels = NULL;
    picture->n_words = picture->words_room = 0;
}

bool mmax_picture_add(mmax_picture *picture, const mmax_picture_word *word)
{
    if (picture->n_words == picture->words_room) {
        size_t room = 2 * picture->words_room + 64;
        mmax_picture_word *words = mmax_resize_array(picture->words, room, sizeof *words);
        if (!words)
            return false;
        picture->words = words;
        picture->words_room = room;
    }
    mmax_picture_word added = *word;
    if (word->text) {
        added.text = mmax_copy_text(word->text);
        if (!added.text)
            return false;
    }
    picture->words[picture->n_words++] = added;
    return true;
}
