/* The passes over what a segment numbers in CODE: characters, pieces, and units in postings; and in PAIR. NAME tells
   those of one width from the others. */

static int64_t NAME(pair_from)(const Segment *segment, PAIR wanted) {
    const PAIR *pairs = segment->pairs;
    int64_t low = 0, high = segment->pairs_size;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (pairs[middle] < wanted) low = middle + 1;
        else high = middle;
    }
    return low;
}

static Span NAME(span)(const Segment *segment, uint32_t first, uint32_t second) {
    const PAIR *pairs = segment->pairs, wanted = (PAIR)first * (PAIR)(segment->letters + 1) + second;
    int64_t at = NAME(pair_from)(segment, wanted);
    if (at == segment->pairs_size || pairs[at] != wanted) return (Span){0, 0};
    return (Span){segment->pairs_first[at], segment->pairs_first[at + 1]};
}

/* The postings of all pairs that begin with a character. */
static Span NAME(span_of_one)(const Segment *segment, uint32_t one) {
    PAIR first = (PAIR)one * (PAIR)(segment->letters + 1);
    int64_t from = NAME(pair_from)(segment, first), to = NAME(pair_from)(segment, first + (PAIR)segment->letters);
    const PAIR *pairs = segment->pairs;
    if (to < segment->pairs_size && pairs[to] == first + (PAIR)segment->letters) to++;
    return (Span){segment->pairs_first[from], segment->pairs_first[to]};
}

static Rarest NAME(rarest)(const Segment *segment, const uint32_t *codes, int64_t length) {
    Rarest found = {NAME(span)(segment, codes[0], codes[1]), 0};
    for (int64_t i = 1; i + 1 < length; i++) {
        Span span = NAME(span)(segment, codes[i], codes[i + 1]);
        if (span.last - span.first < found.span.last - found.span.first) found = (Rarest){span, i};
    }
    return found;
}

/* Whether a text stands at `place`. Notes in `touched` which blocks were looked at. A text of two characters is its own
   pair and needs no look. */
static inline int NAME(stands)(const Segment *segment, int64_t place, const uint32_t *codes, int64_t length,
                               uint8_t *touched) {
    if (length == 2) return 1;
    if (place < 0 || place + length > segment->text_size) return 0;
    for (int64_t at = place / segment->block; at <= (place + length - 1) / segment->block; at++) touched[at] = 1;
    const CODE *text = (const CODE *)segment->text + place;
    for (int64_t i = 0; i < length; i++)
        if (text[i] != codes[i]) return 0;
    return 1;
}

/* Where the text of the posting `i` begins, were it one; that of a later posting is sent for. */
static inline int64_t NAME(place)(const Segment *segment, const Rarest *rarest, int64_t i) {
    const CODE *pieces = segment->pairs_piece;
    int64_t later = i + AHEAD < rarest->span.last ? i + AHEAD : i;
    __builtin_prefetch((const CODE *)segment->text + segment->pieces_start[pieces[later]] + segment->pairs_place[later]);
    return (int64_t)segment->pieces_start[pieces[i]] + segment->pairs_place[i] - rarest->at;
}

static int64_t NAME(standings_of_pair)(const Segment *segment, Span span, uint32_t *found, int64_t *places) {
    const CODE *pieces = segment->pairs_piece, *units = segment->pieces_unit;
    for (int64_t i = span.first; i < span.last; i++) {
        found[i - span.first] = (uint32_t)segment->base + units[pieces[i]];
        places[i - span.first] = segment->characters_base + segment->pieces_start[pieces[i]] + segment->pairs_place[i];
    }
    return span.last - span.first;
}

static int64_t NAME(standings)(const Segment *segment, const uint32_t *codes, int64_t length, const Rarest *rarest,
                               uint8_t *touched, uint32_t *found, int64_t *places) {
    if (length == 2) return NAME(standings_of_pair)(segment, rarest->span, found, places);
    const CODE *pieces = segment->pairs_piece, *units = segment->pieces_unit;
    int64_t count = 0;
    for (int64_t i = rarest->span.first; i < rarest->span.last; i++) {
        int64_t place = NAME(place)(segment, rarest, i);
        if (!NAME(stands)(segment, place, codes, length, touched)) continue;
        found[count] = (uint32_t)segment->base + units[pieces[i]];
        places[count++] = segment->characters_base + place;
    }
    return count;
}

/* Of a pair of two different characters, which never stands across itself. */
static int64_t NAME(counts_of_pair)(const Segment *segment, Span span, uint32_t *found, uint32_t *times) {
    const CODE *pieces = segment->pairs_piece, *units = segment->pieces_unit;
    int64_t count = -1;
    uint32_t last = UINT32_MAX, same = 0;
    for (int64_t i = span.first; i < span.last; i++) {
        uint32_t unit = units[pieces[i]];
        int is_other = unit != last;
        count += is_other;
        same = is_other ? 1 : same + 1;
        found[count] = (uint32_t)segment->base + unit;
        times[count] = same;
        last = unit;
    }
    return count + 1;
}

static int64_t NAME(counts)(const Segment *segment, const uint32_t *codes, int64_t length, const Rarest *rarest,
                            uint8_t *touched, uint32_t *found, uint32_t *times) {
    if (length == 2 && codes[0] != codes[1]) return NAME(counts_of_pair)(segment, rarest->span, found, times);
    const CODE *pieces = segment->pairs_piece, *units = segment->pieces_unit;
    int64_t count = 0, behind = 0;
    uint32_t last = UINT32_MAX;
    for (int64_t i = rarest->span.first; i < rarest->span.last; i++) {
        int64_t place = NAME(place)(segment, rarest, i);
        if (place < behind || !NAME(stands)(segment, place, codes, length, touched)) continue;
        behind = place + length;
        uint32_t unit = units[pieces[i]];
        if (unit != last) {
            found[count] = (uint32_t)segment->base + unit;
            times[count++] = 0;
        }
        times[count - 1]++;
        last = unit;
    }
    return count;
}

/* Counted by piece first: these have fewer places than 16 bits tell, and lie in the order of their units. */
static int64_t NAME(counts_of_one)(const Segment *segment, Span span, uint16_t *everywhere, uint32_t *found,
                                   uint32_t *times) {
    const CODE *pieces = segment->pairs_piece, *units = segment->pieces_unit;
    memset(everywhere, 0, segment->pieces_size * sizeof(uint16_t));
    for (int64_t i = span.first; i < span.last; i++) everywhere[pieces[i]]++;
    int64_t count = 0;
    uint32_t sum = 0;
    for (int64_t i = 0; i < segment->pieces_size; i++) {
        int is_last = i + 1 == segment->pieces_size || units[i + 1] != units[i];
        sum += everywhere[i];
        found[count] = (uint32_t)segment->base + units[i];
        times[count] = sum;
        count += is_last & (sum != 0);
        sum = is_last ? 0 : sum;
    }
    return count;
}

/* How many units have a word and are `live`. */
static int64_t NAME(holders)(const Segment *segment, Span span, const uint8_t *live) {
    const CODE *units = segment->words_unit;
    int64_t count = 0;
    for (int64_t i = span.first; i < span.last; i++)
        count += live[units[i]] & (i == span.first || units[i] != units[i - 1]);
    return count;
}

/* Looking up few units among many holders costs less than counting all holders. */
static void NAME(look_up_holders)(const Segment *segment, Scored here, Span span, uint32_t *times) {
    const CODE *holders = segment->words_unit;
    int64_t next = span.first;
    for (int64_t i = 0; i < here.many; i++) {
        uint32_t unit = here.units[i] - (uint32_t)segment->base;
        for (int64_t high = span.last; next < high;) {
            int64_t middle = (next + high) / 2;
            if (holders[middle] < unit) next = middle + 1;
            else high = middle;
        }
        int64_t first = next;
        while (next < span.last && holders[next] == unit) next++;
        times[i] = (uint32_t)(next - first);
    }
}

static void NAME(frequencies)(const Segment *segment, Scored here, Span span, uint32_t *everywhere, uint32_t *times) {
    const CODE *holders = segment->words_unit;
    if (here.many * FEWER < span.last - span.first) {
        NAME(look_up_holders)(segment, here, span, times);
        return;
    }
    memset(everywhere, 0, segment->size * sizeof(uint32_t));
    for (int64_t i = span.first; i < span.last; i++) everywhere[holders[i]]++;
    for (int64_t i = 0; i < here.many; i++) times[i] = everywhere[here.units[i] - segment->base];
}

static void NAME(worth_of_words)(const Segment *segment, Scored here, Words words, double gain, uint32_t *everywhere,
                                 uint32_t *times) {
    for (int64_t k = 0; k < words.many; k++) {
        Span span = words.words[k].span;
        if (span.first == span.last) continue;
        NAME(frequencies)(segment, here, span, everywhere, times);
        worth(times, here.norms, here.many, words.weights[k], gain, here.scores);
    }
}

/* Whether the text of number `k` stands at `place`, which is before the `end` of its unit. */
static inline int NAME(begins)(const CODE *text, Sought sought, int64_t k, int64_t place, int64_t end) {
    int64_t length = sought.lengths[k];
    const uint32_t *codes = sought.codes[k] + sought.segment * length;
    if (place + length > end) return 0;
    for (int64_t i = 0; i < length; i++)
        if (text[place + i] != codes[i]) return 0;
    return 1;
}

/* The share that all texts fill of the passage from the first to the last of their `latest` places, or 0 while there is
   one that has none. */
static double NAME(filled)(Sought sought, const int64_t *latest) {
    int64_t filled = 0, first = INT64_MAX, last = 0;
    for (int64_t k = 0; k < sought.many; k++) {
        if (latest[k] < 0) return 0;
        filled += sought.lengths[k];
        if (latest[k] < first) first = latest[k];
        if (latest[k] + sought.lengths[k] > last) last = latest[k] + sought.lengths[k];
    }
    return (double)filled / (double)(last - first);
}

static double NAME(closeness)(const Segment *segment, int64_t unit, Sought sought, uint8_t *touched, int64_t *latest) {
    int64_t begin = segment->starts[unit], end = (int64_t)segment->starts[unit + 1] - 1;
    for (int64_t at = begin / segment->block; at <= end / segment->block; at++) touched[at] = 1;
    for (int64_t k = 0; k < sought.many; k++) latest[k] = -1;
    double best = 0;
    for (int64_t place = begin; place < end; place++)
        for (int64_t k = 0; k < sought.many; k++) {
            if (latest[k] >= 0 && place < latest[k] + sought.lengths[k]) continue;
            if (!NAME(begins)(segment->text, sought, k, place, end)) continue;
            latest[k] = place;
            double share = NAME(filled)(sought, latest);
            if (share > best) best = share;
        }
    return best < 1 ? best : 1;
}
