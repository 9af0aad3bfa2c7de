#!/bin/sh
# usage: seeds.sh FOLDER
#
# Makes the corpus: a folder for each target, and in it the inputs that fuzzing begins with and, at
# the end of this file, those that it has found.  The first bytes of most inputs are choices of the
# target, see there.
set -eu
LC_ALL=C
export LC_ALL

: "${top_srcdir:=.}" "${top_builddir:=build}"
tools=$(cd "$top_builddir/tests" && pwd)
mkdir -p "$1"
cd "$1"
work=$(mktemp -d "$PWD/work-XXXXXX")
trap 'rm -rf "$work"' EXIT

# seed TARGET/NAME [PREFIX]: standard input, behind the bytes of a format of printf.
seed()
{
    mkdir -p "${1%/*}"
    # The choices are octal escapes.
    # shellcheck disable=SC2059
    { printf "${2-}" && cat; } >"$1"
}

# npy DESCR SHAPE NUMBER...
npy()
{
    descr=$1 shape=$2
    shift 2
    echo "$@" | "$tools/npy-from-text" "$descr" "$shape"
}

# npz [-d] [NAME=DESCR/SHAPE/NUMBERS]...: an archive of arrays, on standard output.
npz()
{
    flag=
    [ "$1" != -d ] || { flag=-d && shift; }
    names=
    for member in "$@"; do
        name=${member%%=*} rest=${member#*=}
        numbers=${rest##*/} rest=${rest%/*}
        # Numbers are words.
        # shellcheck disable=SC2086
        npy "${rest%%/*}" "${rest#*/}" $numbers >"$work/$name.npy"
        names="$names $name.npy"
    done
    # shellcheck disable=SC2086
    (cd "$work" && "$tools/npz-pack" $flag - $names)
}

# safetensors JSON [DATA]: a file of at most 65535 bytes of JSON; DATA is a format of printf.
safetensors()
{
    json=$1 length=${#1}
    # shellcheck disable=SC2059
    printf "\\$(printf '%o' $((length % 256)))\\$(printf '%o' $((length / 256)))\0\0\0\0\0\0"
    printf '%s' "$json"
    # shellcheck disable=SC2059
    printf "${2-}"
}

# What stands before the next file.
next()
{
    printf '%%%%%%%%'
}

plain='\0\6\1\0\3' # all of it, the last axis, the format forced, every array, blocks of 64
part='\16\1\1\0\1' # 1, ..., None and the first axis

npy '<f4' '(2, 3)' 1 2 3 4 5 6 | seed npy/f4 "$plain"
npy '>f8' '(2, 2, 2)' 1 2 3 4 5 6 7 8 | seed npy/f8-big "$plain"
npy '<f2' '(4,)' 1 2 -1 0.5 | seed npy/f2 "$plain"
npy '|V2' '(2, 2)' 1 2 -1 0.5 | seed npy/bfloat16 "$part"
npy '<i8' '(1, 3)' 1 2 3 | seed npy/i8 "$plain"
npy '|b1' '(2, 2)' 1 0 0 1 | seed npy/bool "$part"
npy '<f4' '()' 1 | seed npy/scalar "$plain"
npy '<f4' '(2, 0)' | seed npy/empty "$plain"
npy '>u2' '(2, 2, 3)' 1 2 3 4 5 6 7 8 9 10 11 12 | seed npy/u2 '\15\2\1\0\0'
echo 1 2 3 4 5 6 | "$tools/npy-from-text" '<f4' '(2, 3)' fortran | seed npy/fortran "$plain"
echo 1 2 3 4 5 6 7 8 | "$tools/npy-from-text" '<f8' '(2, 2, 2)' fortran |
    seed npy/fortran-part "$part"
npy '<f4' '(2, 3)' 1 2 3 4 5 6 | gzip -n | seed npy/gzip "$plain"
{ npy '<f4' '(2, 3)' 1 2 3 4 5; } | seed npy/short "$plain"
printf '\223NUMPY\2\0\66\0\0\0{"descr": "<f8", "fortran_order": False, "shape": (1,)}\0\0\0\0\0\0\360\77' |
    seed npy/version-2 "$plain"
printf "\\223NUMPY\\1\\0\\110\\0{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }    \\n" |
    seed npy/structured "$plain"
printf "\\223NUMPY\\1\\0\\75\\0{'descr': '|O', 'fortran_order': False, 'shape': (3,), }  \\n" |
    seed npy/objects "$plain"

npz 'a=<f4/(2, 3)/1 2 3 4 5 6' | seed npz/one "$plain"
npz 'a=<f4/(2, 3)/1 2 3 4 5 6' 'ts=>f8/(2, 2)/1 2 3 4' 'i=<i4/(2,)/1 2' | seed npz/three "$plain"
npz -d 'a=<f4/(2, 3)/1 2 3 4 5 6' 'b=<f2/(2, 2, 2)/1 2 3 4 5 6 7 8' | seed npz/deflated "$plain"
ones='1 1 1 1 1 1 1 1'
npz -d "a=<f8/(8, 4)/$ones $ones $ones $ones" | seed npz/select "$part"
npz 'a=<f4/(2, 3)/1 2 3 4 5 6' 'b=|b1/(2, 2)/1 0 0 1' | seed npz/named '\0\6\1\4\3'
npz 'a=<f4/(2, 3)/1 2 3 4 5 6' | gzip -n | seed npz/gzip "$plain"
printf 'PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' | seed npz/empty "$plain"

f4='"dtype":"F32","shape":[2,2],"data_offsets":[0,16]'
data='\0\0\200\77\0\0\0\100\0\0\100\100\0\0\200\100'
safetensors "{\"a\":{$f4}}" "$data" | seed safetensors/one "$plain"
safetensors "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{$f4}}" "$data" |
    seed safetensors/metadata "$part"
safetensors '{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F16","shape":[1,6],"data_offsets":[4,16]}}' \
    "$data" | seed safetensors/two "$plain"
safetensors '{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"ts":{"dtype":"F64","shape":[],"data_offsets":[8,16]}}' \
    "$data" | seed safetensors/named '\0\6\1\3\3'
safetensors '{"a":{"dtype":"BOOL","shape":[4,4],"data_offsets":[0,16]}}' "$data" |
    seed safetensors/bool "$plain"
safetensors '{"a":{"dtype":"F8_E5M2","shape":[16],"data_offsets":[0,16]}}' "$data" |
    seed safetensors/f8 "$plain"
safetensors '{"\u0061\n":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}' |
    seed safetensors/empty "$plain"
safetensors '{}' | seed safetensors/none "$plain"
safetensors "{\"a\":{$f4}}" "$data" | gzip -n | seed safetensors/gzip "$plain"

text='\0\6\1\0\0\2' # all of it, header and delimiter by content, every column, blocks of 3
printf '1,2,3\n4,5,6\n' | seed csv/numbers "$text"
printf 'a,b,c\n1,2,3\n4,5,6\n' | seed csv/header "$text"
printf ',the,"c,at"\nthe,1,-inf\n"c""at",1e400,nan\n' | seed csv/labels "$text"
printf '# comment\r\n1;2\r\n3;4\r\n' | seed csv/semicolons "$text"
printf '1\t2\n\n3\t4' | seed csv/tabs "$text"
printf '  1  2.5e-3\n -3   0x1p4\n' | seed csv/blanks "$text"
printf '\357\273\277x,y\n1,.5\n' | seed csv/bom "$text"
printf 'a,b,"1"\n1,2,3\n4,5,6\n' | seed csv/columns '\0\6\1\1\5\1'
printf 'k,a,b,c\nr,1,2,3\ns,4,5,6\n' | seed csv/columns-by-number '\0\6\1\0\6\1'
printf 'a,b\n1,2\n3,4\n5,6\n' | seed csv/part '\4\1\1\0\0\2'
printf '1|2\n3|\n' | seed csv/bars '\0\6\1\21\0\2'
printf '1,2,3\n4,5\n' | seed csv/ragged "$text"
printf '1.7976931348623157e308,5e-324,123456789012345678901234567890\n' | seed csv/extremes "$text"
printf '1,2\n3,4\n' | gzip -n | seed csv/gzip "$text"
# The same as bzip2, xz, zstd and lz4 have it.
printf 'BZh\071\061AY&SY\223\267\015\014\000\000\002X\000\000\020\000\004<\000 \000\060\300\010i\262\210#\047\213\271"\234(HI\333\206\206\000' |
    seed csv/bzip2 "$text"
printf '\375\067zXZ\000\000\001i"\336\066\002\000!\001\026\000\000\000t/\345\243\001\000\007\061,\062\012\063,\064\012\000G\223l\257\000\001\034\010D`*\310\220B\231\015\001\000\000\000\000\001YZ' |
    seed csv/xz "$text"
printf '(\265/\375\004XA\000\000\061,\062\012\063,\064\012\016s\272\066' | seed csv/zstd "$text"
printf '\004"M\030d@\247\010\000\000\200\061,\062\012\063,\064\012\000\000\000\000}|b|' |
    seed csv/lz4 "$text"

# The array's rank, lengths and order, and the axis, come first.
matrix='\2\4\5\0\7'
deep='\4\3\4\2\5\1\4'
for expression in '0' ':' '1:3' '::-1' ':, 0' '..., 0' '0, ...' 'newaxis, :' 'None' '-1' '-3:-1, ::2' '4:0:-2' \
    '1, 2,' '+1:+2:+1' '9223372036854775807' '::9223372036854775807' '-9223372036854775808:'; do
    n=$((${n-0} + 1))
    printf '%s' "$expression" | seed "select/matrix-$n" "$matrix"
    printf '%s' "$expression" | seed "select/deep-$n" "$deep"
done
printf ':, ..., 1, None, ::-2' | seed select/items "$deep"
printf '' | seed select/scalar '\0\0\4'

n=0
for spec in softmax softmax:t=2 softmax:0.5 sparsemax entmax entmax:1.5 entmax:alpha=1.0001 entmax:10 evsoftmax \
    multimax multimax:figure1 multimax:tb=2,b=0,td=0.5,d=1 multimax:tb=2,b=eps,td=0.5,d=eps,tb2=3,b2=1,td2=0.1,d2=2 \
    multimax:ts=-1/-0.5/0/0,ranges=0/1/0/0 multimax:ts=0/0/1/-2,ranges=eps/eps/0.5/1e-3 softmx entmax:alpa=2 \
    softmax:1e400 softmax:t=-0 'entmax:1.5,' 'multimax:ts=1/2' softmax:0x1p-3; do
    n=$((n + 1))
    printf '%s' "$spec" | seed "spec/$n"
done

square='\2' # of (4, 4)
npy '|b1' '(4, 4)' 1 0 0 0 1 1 0 0 1 1 1 0 1 1 1 1 | seed mask/bool "$square"
npy '<f4' '(4,)' 0 -inf 0 -1 | seed mask/additive "$square"
npy '<i8' '(4, 1)' 1 0 1 1 | seed mask/column '\3'
npy '<f8' '()' 1 | seed mask/scalar '\6'
npy '|u1' '(2, 1, 3)' 1 0 1 1 1 1 | seed mask/groups '\10'
printf '1,0,1,1\n0,0,1,1\n1,1,1,1\n0,1,0,1\n' | seed mask/text "$square"
npz 'm=|b1/(3, 4)/1 0 0 1 1 0 0 1 0 0 1 1' | seed mask/archive '\0'
echo 1 1 1 0 0 0 1 0 1 1 0 1 | "$tools/npy-from-text" '|b1' '(3, 4)' fortran |
    seed mask/fortran '\1'
npy '<f4' '(1, 4)' 0 0 0.5 -inf | gzip -n | seed mask/gzip '\0'

printf 'the\n cat\nsat\n' | seed tokens/words '\0'
printf 'the\r\n\n\344\270\255\r' | seed tokens/dos '\1'
printf '\357\273\277a\n' | seed tokens/bom '\0'
printf '\33[31m\n\342\200\256\n\377\n\0\n' | seed tokens/controls '\1'
printf 'a\nb\n' | gzip -n | seed tokens/gzip '\0'

ts='-1 -0.5 0 0' ranges='0 1 0 0'
printf '{"ts": [-1, -0.5, 0, 0], "ranges": [0, 1, 0, 0]}' | seed parameters/json '\0'
printf '{"ts": [[-1, -0.5, 0, 0], [0, 0, 1, 1e-3]], "ranges": [[0, 1, 0, 0], [1, 2, 3, 4]]}' |
    seed parameters/json-layers '\0'
printf '{"tb": 2, "b": "eps", "td": 0.5, "d": 1}' | seed parameters/json-paper '\0'
printf ' [{"tb": 2, "b": 0}, {"ts": [0, 0, 0, 0], "ranges": [0, 0, 0, 0]}]' |
    seed parameters/json-list '\0'
npz "ts=<f4/(4,)/$ts" "ranges=<f4/(4,)/$ranges" | seed parameters/npz '\1'
npz -d "l.0.multimax_ts=<f8/(4,)/$ts" "l.0.multimax_ranges=<f8/(4,)/$ranges" \
    "l.1.multimax_ts=<f8/(4,)/$ts" "l.1.multimax_ranges=<f8/(4,)/$ranges" |
        seed parameters/npz-layers '\1'
safetensors '{"ts":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"ranges":{"dtype":"F32","shape":[4],"data_offsets":[16,32]}}' \
    "$data$data" | seed parameters/safetensors '\2'
{ npz "t=<f4/(2, 4)/$ts $ts" && next && npz "r=<f4/(2, 4)/$ranges $ranges"; } |
    seed parameters/pair '\3'
{ npy '<f4' '(4,)' -1 -0.5 0 0 && next && npy '<f4' '(4,)' 0 1 0 0; } | seed parameters/npy '\4'
printf -- '-1,-0.5,0,0\n%%%%%%%%0,1,0,0\n' | seed parameters/csv '\5'

# program NAME ARGUMENT...: standard input is what follows the arguments.
program()
{
    name=$1
    shift
    { printf '%s\n' "$@" && printf '%%%%%%%%\n' && cat; } | seed "program/$name"
}

matrix()
{
    npy '<f4' '(4, 4)' 1 0 0.5 -1 2 1 0 0 1 1 3 0 -inf 1 2 1
}

matrix | program table a
matrix | program json a --format=json --metrics=all -m softmax -m entmax:1.5 -m multimax:figure1
matrix | program ndjson - --format=ndjson --per=row --epsilon=mean --reference=geomean
printf 'k,x,y\na,1,2\nb,3,4\n' | program csv --format=csv --per=row a
printf '1,2\n3,nan\n' | program skip --invalid=skip --format=tsv --select=1: --axis=0
npy '<f4' '(2, 2, 3)' 1 2 3 4 5 6 7 8 9 1 2 3 |
    program groups a --per=group --probs=p%m.npy --scale='1/sqrt(64)'
matrix | program probs a --probs=p-%m.csv --mask=causal -m sparsemax -m softmax:t=2
matrix | program probs-half a --probs=p.npy --probs-dtype=f4 -m evsoftmax -o r.json --format=json
{ matrix && next && npy '|b1' '(4,)' 1 0 1 1; } | program mask a --mask=b
{ matrix && next && printf 'a\nb\nc\nd\n'; } |
    program tokens a --tokens=b --per=row --format=json --heatmap=h.png --data=d.csv
{ npy '<f4' '(3, 2)' 1 2 3 4 5 6 && next && npy '<f4' '(4, 2)' 1 0 0 1 1 1 2 2; } |
    program vectors --queries=a --keys=b --scale=0.5
{ matrix && next && printf '{"ts": [-1, -0.5, 0, 0], "ranges": [0, 1, 0, 0]}'; } |
    program parameters a -m multimax:@b -v
npz 'x=<f4/(2, 3)/1 2 3 4 5 6' 'i=<i4/(2,)/1 2' 'y=<f8/(2, 2)/1 2 3 4' |
    program npz a --probs=%a-%m.npy -v
npz 'x=<f4/(2, 3)/1 2 3 4 5 6' 'i=<i4/(2,)/1 2' | program list --list a --format=json
safetensors "{\"a\":{$f4}}" "$data" | program safetensors 'a[a]' --format=csv
matrix | program check a '--check=entropy.mean > 0.5' '--check=sparsemax:zeros.p95<=0' --format=json
printf '0.5,0.5\n1,0\n' | program from-probs --from-probs a a --per=row
matrix | program show a --show=heatmap --show=rows --color=always
matrix |
    program figures a --simplex=s.svg --tradeoff=t.svg --curve=c.pdf --distribution=d.svg --layers=l.svg --rows=r.svg
matrix |
    program difference a --heatmap=h.svg --difference=softmax,sparsemax --size=80x60mm --dpi=30 --theme=dark
matrix |
    program figure-stdout a --heatmap=png:- --size=200x100 -o r --title=x --colormap=magma --vmax=p99
program help --help </dev/null
program version -V </dev/null
program maps --list-maps --list-metrics --cite </dev/null
program wrong --fromat=json a </dev/null
program missing -m </dev/null

# ---- what fuzzing found, as small as it gets -----------------------------------------------------

# The report went back to an input that was gone.
printf 'nan,1\n' | program gone - --format=ndjson --per=row
# The steps of an array without elements are 0.
npy '|V2' '(2, 0)' | seed npy/no-elements "$part"
# A larger share of neighbouring numbers had a smaller quantile.
printf '%s\n' -9.586051653241111e90,-9.586051653338757e90,-9.586051653338757e90,-9.586051653338757e90 \
    1e-304,0,0,0 0,0,-9.58605162834118e90,-9.586051653338757e90 0,0,0,0 |
    program quantiles - --format=ndjson --epsilon=mean --reference=geomean
