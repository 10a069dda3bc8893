/* Passes over the arrays of segments, each of which numpy makes in many. `__init__.py` says what each takes and gives.

Nothing here is checked: who calls has seen to it that the arrays are what was written, and that there is room. */

#include <stdint.h>
#include <string.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* So many postings before it is looked at, the text is sent for: it lies too scattered to be foreseen. */
#define AHEAD 16

/* So many times fewer units than holders of a word are looked up among these one by one. */
#define FEWER 64

/* See `tables.py`. What is numbered in the segment has 32 bits where it is `wide`, and else 16; pairs have twice as
   many. Its units are numbered from `base`, its characters from `characters_base`, their blocks from `blocks_base`.
   `pieces_checked` and `places_checked` tell which blocks of postings were checked. */
typedef struct {
    const uint32_t *alphabet;
    int64_t letters;
    const void *pairs;
    const uint32_t *pairs_first;
    int64_t pairs_size;
    const void *pairs_piece;
    const uint8_t *pairs_place;
    const void *pieces_unit;
    const uint32_t *pieces_start;
    int64_t pieces_size;
    const void *text;
    int64_t text_size;
    const uint32_t *starts;
    const uint8_t *words;
    const uint32_t *words_at;
    int64_t words_size;
    const uint32_t *words_first;
    const uint32_t *words_holders;
    const void *words_unit;
    int64_t base;
    int64_t size;
    int64_t characters_base;
    int64_t blocks_base;
    int64_t block;
    const uint8_t *pieces_checked;
    int64_t pieces_block;
    const uint8_t *places_checked;
    int64_t places_block;
    int64_t wide;
} Segment;

typedef struct {
    int64_t first, last;
} Span;

/* The postings to look at for a text, and which of its pairs has them. */
typedef struct {
    Span span;
    int64_t at;
} Rarest;

/* A word of a segment: its postings, and how many units have it, deleted ones too. */
typedef struct {
    Span span;
    int64_t holders;
} Word;

/* Words, and how much each counts. */
typedef struct {
    const Word *words;
    const double *weights;
    int64_t many;
} Words;

/* Several texts, the shorter before the longer; the characters of each in the segment of this number. */
typedef struct {
    const uint32_t *const *codes;
    const int64_t *lengths;
    int64_t many, segment;
} Sought;

/* The units to be scored, in order, with the measure of length and the score of each. */
typedef struct {
    const uint32_t *units;
    int64_t many;
    const double *norms;
    double *scores;
} Scored;

/* What this library was compiled from, so that nobody calls another one. */
EXPORT int64_t sources(void) { return SOURCES; }

static uint32_t code(const Segment *segment, uint32_t code_point) {
    int64_t low = 0, high = segment->letters;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (segment->alphabet[middle] < code_point) low = middle + 1;
        else high = middle;
    }
    return low < segment->letters && segment->alphabet[low] == code_point ? (uint32_t)low + 1 : 0;
}

EXPORT void worth(const uint32_t *times, const double *restrict norms, int64_t many, double weight, double gain,
                  double *restrict scores) {
    for (int64_t i = 0; i < many; i++) {
        double each = (int32_t)times[i];
        scores[i] += weight * (each * gain / (each + norms[i]));
    }
}

#define CODE uint16_t
#define PAIR uint32_t
#define NAME(name) name##_narrow
#include "postings.h"
#undef CODE
#undef PAIR
#undef NAME
#define CODE uint32_t
#define PAIR uint64_t
#define NAME(name) name##_wide
#include "postings.h"

#define IN_WIDTH(segment, name, ...) ((segment)->wide ? name##_wide(__VA_ARGS__) : name##_narrow(__VA_ARGS__))

static int is_checked(Span span, const uint8_t *checked, int64_t block) {
    int64_t first = span.first / block, last = (span.last + block - 1) / block;
    return span.first == span.last || !memchr(checked + first, 0, last - first);
}

EXPORT int64_t look_up(const Segment *segments, int64_t many, const uint32_t *wanted, int64_t length, uint32_t *codes,
                       Rarest *rarest) {
    int64_t unchecked = 0;
    for (const Segment *each = segments; each < segments + many; each++, codes += length, rarest++) {
        int known = 1;
        for (int64_t i = 0; i < length; i++) known &= (codes[i] = code(each, wanted[i])) != 0;
        *rarest = (Rarest){{0, 0}, 0};
        if (known && length == 1) rarest->span = IN_WIDTH(each, span_of_one, each, codes[0]);
        else if (known) *rarest = IN_WIDTH(each, rarest, each, codes, length);
        unchecked += !is_checked(rarest->span, each->pieces_checked, each->pieces_block) ||
                     !is_checked(rarest->span, each->places_checked, each->places_block);
    }
    return unchecked;
}

EXPORT int64_t counts(const Segment *segments, int64_t many, const uint32_t *codes, int64_t length,
                      const Rarest *rarest, uint8_t *touched, uint32_t *units, uint32_t *times) {
    int64_t count = 0;
    for (const Segment *each = segments; each < segments + many; each++, codes += length, rarest++)
        count += IN_WIDTH(each, counts, each, codes, length, rarest, touched + each->blocks_base, units + count,
                          times + count);
    return count;
}

EXPORT int64_t counts_of_one(const Segment *segments, int64_t many, const Rarest *rarest, uint16_t *everywhere,
                             uint32_t *units, uint32_t *times) {
    int64_t count = 0;
    for (const Segment *each = segments; each < segments + many; each++, rarest++)
        if (rarest->span.first < rarest->span.last)
            count += IN_WIDTH(each, counts_of_one, each, rarest->span, everywhere, units + count, times + count);
    return count;
}

EXPORT int64_t standings(const Segment *segments, int64_t many, const uint32_t *codes, int64_t length,
                         const Rarest *rarest, uint8_t *touched, uint32_t *units, int64_t *places) {
    int64_t count = 0;
    for (const Segment *each = segments; each < segments + many; each++, codes += length, rarest++)
        count += IN_WIDTH(each, standings, each, codes, length, rarest, touched + each->blocks_base, units + count,
                          places + count);
    return count;
}

static Word word(const Segment *segment, const uint8_t *wanted, int64_t length) {
    int64_t low = 0, high = segment->words_size;
    while (low < high) {
        int64_t middle = (low + high) / 2, begin = segment->words_at[middle];
        int64_t own = segment->words_at[middle + 1] - begin;
        int order = memcmp(segment->words + begin, wanted, own < length ? own : length);
        if (order == 0 && own == length)
            return (Word){{segment->words_first[middle], segment->words_first[middle + 1]},
                          segment->words_holders[middle]};
        if (order < 0 || (order == 0 && own < length)) low = middle + 1;
        else high = middle;
    }
    return (Word){{0, 0}, 0};
}

EXPORT void look_up_words(const Segment *segments, int64_t many, const uint8_t *wanted, const int64_t *ends,
                          int64_t length, Word *words) {
    for (const Segment *each = segments; each < segments + many; each++)
        for (int64_t k = 0, begin = 0; k < length; begin = ends[k++])
            *words++ = word(each, wanted + begin, ends[k] - begin);
}

EXPORT void holders_of_words(const Segment *segments, int64_t many, const Word *words, int64_t length,
                             const uint8_t *live, int64_t *holders) {
    for (const Segment *each = segments; each < segments + many; each++)
        for (int64_t k = 0; k < length; k++, words++)
            holders[k] += IN_WIDTH(each, holders, each, words->span, live + each->base);
}

EXPORT void worth_of_words(const Segment *segments, int64_t many, const uint32_t *units, int64_t scored,
                           const double *norms, const Word *words, const double *weights, int64_t length, double gain,
                           uint32_t *everywhere, uint32_t *times, double *scores) {
    int64_t first = 0, last = 0;
    for (const Segment *each = segments; each < segments + many; each++, words += length, first = last) {
        while (last < scored && units[last] < each->base + each->size) last++;
        Scored here = {units + first, last - first, norms + first, scores + first};
        Words weighed = {words, weights, length};
        if (first < last) IN_WIDTH(each, worth_of_words, each, here, weighed, gain, everywhere, times);
    }
}

EXPORT void closeness(const Segment *segments, int64_t many, const uint32_t *units, int64_t asked,
                      const uint32_t *const *codes, const int64_t *lengths, int64_t texts, uint8_t *touched,
                      int64_t *latest, double *shares) {
    for (int64_t i = 0; i < asked; i++) {
        int64_t at = many - 1;
        while (segments[at].base > units[i]) at--;
        const Segment *each = segments + at;
        Sought sought = {codes, lengths, texts, at};
        shares[i] = IN_WIDTH(each, closeness, each, units[i] - each->base, sought, touched + each->blocks_base, latest);
    }
}

EXPORT int64_t members(const uint8_t *mask, int64_t size, uint32_t *found) {
    int64_t count = 0, i = 0;
    for (uint64_t eight; i + 8 <= size; i += 8) {
        memcpy(&eight, mask + i, 8);
        if (!eight) continue;
        for (int64_t k = 0; k < 8; k++) {
            found[count] = (uint32_t)(i + k);
            count += mask[i + k];
        }
    }
    for (; i < size; i++)
        if (mask[i]) found[count++] = (uint32_t)i;
    return count;
}

EXPORT void mark(const uint32_t *units, int64_t many, uint8_t *mask) {
    for (int64_t i = 0; i < many; i++) mask[units[i]] = 1;
}

EXPORT void add_where(const uint8_t *mask, int64_t size, double weight, double *numbers) {
    for (int64_t i = 0; i < size; i++) numbers[i] += mask[i] ? weight : 0;
}

EXPORT void among(const uint32_t *units, int64_t many, const uint32_t *holders, const uint32_t *times, int64_t held,
                  uint32_t *found) {
    int64_t next = 0;
    for (int64_t i = 0; i < many; i++) {
        int64_t step = 16;
        for (; next + step < held && holders[next + step] < units[i]; step *= 2) next += step;
        for (; step > 16; step /= 2)
            if (next + step / 2 < held && holders[next + step / 2] < units[i]) next += step / 2;
        while (next < held && holders[next] < units[i]) next++;
        int64_t last = next < held ? next : held - 1;
        found[i] = times[last] & -(uint32_t)(holders[last] == units[i]);
    }
}

EXPORT int64_t passing(const uint32_t *units, int64_t many, const uint32_t *runs, const uint8_t *passes,
                       uint32_t *passed) {
    int64_t count = 0;
    for (int64_t i = 0; i < many; i++) {
        passed[count] = units[i];
        count += passes[runs[units[i]]];
    }
    return count;
}

EXPORT void near(const uint32_t *units, const int64_t *places, int64_t many, int64_t length, const uint32_t *others,
                 const int64_t *others_places, int64_t more, int64_t distance, uint8_t *mask) {
    int64_t next = 0;
    for (int64_t i = 0; i < many; i++) {
        int64_t end = places[i] + length;
        while (next < more && others_places[next] < end) next++;
        if (next == more) break;
        if (others_places[next] - end <= distance && others[next] == units[i]) mask[units[i]] = 1;
    }
}

EXPORT void spread(const uint32_t *units, const uint32_t *times, int64_t many, uint32_t *everywhere) {
    for (int64_t i = 0; i < many; i++) everywhere[units[i]] = times[i];
}

EXPORT void taken(const uint32_t *units, int64_t many, const uint32_t *everywhere, uint32_t *found) {
    for (int64_t i = 0; i < many; i++) found[i] = everywhere[units[i]];
}

EXPORT void taken_reals(const uint32_t *units, int64_t many, const double *everywhere, double *found) {
    for (int64_t i = 0; i < many; i++) found[i] = everywhere[units[i]];
}

EXPORT int64_t tally(const uint32_t *units, int64_t many, const uint32_t *run_of, uint32_t *runs, uint32_t *sizes) {
    int64_t count = -1;
    uint32_t last = UINT32_MAX, same = 0;
    for (int64_t i = 0; i < many; i++) {
        uint32_t run = run_of[units[i]];
        int is_other = run != last;
        count += is_other;
        same = is_other ? 1 : same + 1;
        runs[count] = run;
        sizes[count] = same;
        last = run;
    }
    return count + 1;
}

EXPORT int64_t tally_times(const uint32_t *units, const uint32_t *times, int64_t many, const uint32_t *run_of,
                           uint32_t *runs, uint32_t *sizes, uint32_t *sums) {
    int64_t count = -1;
    uint32_t last = UINT32_MAX, same = 0, sum = 0;
    for (int64_t i = 0; i < many; i++) {
        uint32_t run = run_of[units[i]];
        int is_other = run != last;
        count += is_other;
        same = is_other ? 1 : same + 1;
        sum = (is_other ? 0 : sum) + times[i];
        runs[count] = run;
        sizes[count] = same;
        sums[count] = sum;
        last = run;
    }
    return count + 1;
}

EXPORT void sums(const uint32_t *runs, int64_t many, const uint32_t *units, const uint32_t *times,
                 const uint8_t *passes, const uint32_t *codes, int64_t *of_units, int64_t *of_times) {
    for (int64_t i = 0; i < many; i++) {
        uint32_t passed = -(uint32_t)passes[runs[i]], code = codes[runs[i]];
        of_units[code] += units[i] & passed;
        of_times[code] += times[i] & passed;
    }
}

/* Put a score into a heap of the `most` highest, the least of them at its root. */
static void keep(double *heap, int64_t *filled, int64_t most, double score) {
    int64_t at = 0;
    if (*filled < most) {
        for (at = (*filled)++; at > 0 && heap[(at - 1) / 2] > score; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
        heap[at] = score;
        return;
    }
    for (int64_t child = 1; child < most; child = 2 * at + 1) {
        if (child + 1 < most && heap[child + 1] < heap[child]) child++;
        if (heap[child] >= score) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = score;
}

EXPORT int64_t highest(const double *scores, int64_t many, double *heap, int64_t most, uint32_t *places) {
    int64_t filled = 0, count = 0;
    for (int64_t i = 0; i < many; i++) {
        if (filled == most && scores[i] < heap[0]) continue;
        if (filled < most || scores[i] > heap[0]) keep(heap, &filled, most, scores[i]);
        places[count++] = (uint32_t)i;
    }
    return count;
}
