#include "yearwriter.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/log.h"
#include "checkpoint.h"
#include "yearfile.h"

struct kj_yearwriter {
    char dir[KJ_PATH_MAX];
    kj_h5past past; /* layers of the year before */
    /* What is being written, and what came of it: the thread's until it is waited for. */
    kj_bytes year_file, checkpoint;
    kj_month month;
    kj_error error;
    kj_status status;
    pthread_t thread;
    bool writing;
};

kj_yearwriter *kj_yearwriter_new(const char *dir)
{
    kj_yearwriter *writer = calloc(1, sizeof *writer);
    if (writer) snprintf(writer->dir, sizeof writer->dir, "%s", dir);
    return writer;
}

static void *save(void *data)
{
    kj_yearwriter *writer = data;
    writer->status = kj_yearfile_save(&writer->error, writer->dir, KJ_YEAR_OF(writer->month), &writer->year_file);
    if (!writer->status) writer->status = kj_checkpoint_save(&writer->error, writer->dir, writer->month, &writer->checkpoint);
    return NULL;
}

kj_status kj_yearwriter_wait(kj_error *err, kj_yearwriter *writer)
{
    if (!writer->writing) return KJ_OK;
    pthread_join(writer->thread, NULL);
    writer->writing = false;
    if (writer->status) *err = writer->error;
    return writer->status;
}

kj_status kj_yearwriter_year(kj_error *err, kj_yearwriter *writer, kj_sim *sim, const kj_run_info *info)
{
    kj_bytes year_file = {0};
    char hash[33];
    kj_sim_hash(sim, hash);
    kj_status status = kj_yearfile_make(err, sim, hash, info, &writer->past, &year_file);
    if (!status) status = kj_yearwriter_wait(err, writer);
    if (!status) status = kj_checkpoint_make(err, sim, hash, &writer->checkpoint);
    if (status) {
        kj_bytes_free(&year_file);
        return status;
    }
    kj_bytes_free(&writer->year_file);
    writer->year_file = year_file;
    writer->month = kj_sim_now(sim);
    writer->writing = pthread_create(&writer->thread, NULL, save, writer) == 0;
    if (writer->writing) return KJ_OK;
    save(writer); /* no thread to be had */
    if (writer->status) *err = writer->error;
    return writer->status;
}

void kj_yearwriter_free(kj_yearwriter *writer)
{
    kj_error err;
    if (!writer) return;
    if (kj_yearwriter_wait(&err, writer)) kj_log_warning("%s", err.text); /* the run failed for another reason meanwhile */
    kj_bytes_free(&writer->year_file);
    kj_bytes_free(&writer->checkpoint);
    kj_h5past_free(&writer->past);
    free(writer);
}
