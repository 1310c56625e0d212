/* Version of the plugin border and the stamp of the build. */
#ifndef KEDJA_VERSION_H
#define KEDJA_VERSION_H

#define KJ_VERSION "0.1.0"
#define KJ_ABI_MAJOR 1u /* another major is refused */
#define KJ_ABI_MINOR 3u /* a plugin of a newer minor than the host is refused */

/* Flags on which bit identity rests. A plugin with another stamp runs, with a warning that the output records. */
#ifdef __FAST_MATH__
#define KJ_STAMP_MATH "fast-math"
#else
#define KJ_STAMP_MATH "strict"
#endif
#ifdef KEDJA_FP_CONTRACT_OFF /* set by our build together with -ffp-contract=off */
#define KJ_STAMP_CONTRACT "contract-off"
#else
#define KJ_STAMP_CONTRACT "contract-unknown"
#endif
#define KJ_BUILD_STAMP KJ_STAMP_MATH " " KJ_STAMP_CONTRACT

#endif
