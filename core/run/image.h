/* The whole state of a simulation in memory, as a checkpoint holds it in a file: a live change goes on from there while
   the past stays as it is. Immutable once taken; may be restored by another thread than the one that took it. */
#ifndef KEDJA_RUN_IMAGE_H
#define KEDJA_RUN_IMAGE_H

#include "../engine/sim.h"

typedef struct kj_image kj_image;

kj_status kj_image_take(kj_error *err, kj_sim *sim, kj_image **out);
void kj_image_free(kj_image *image); /* NULL is fine */
int64_t kj_image_bytes(const kj_image *image);
kj_month kj_image_month(const kj_image *image);

/* Fills a simulation that has its plugins and policy parameters but has not started: of the same scenario, seed and
   plugins. KJ_E_FAILED if it does not fit. The state hash is then that of the simulation the image was taken of. */
kj_status kj_image_restore(kj_error *err, const kj_image *image, kj_sim *fresh);

#endif
