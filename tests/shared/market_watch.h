/* The real market under watch: the plugin housing as it stands, but just before its system housing.clear runs a test is shown the
   month's applications and homes on offer. Nothing of the market changes. Header only; include it in one file of a test program. */
#ifndef TESTS_SHARED_MARKET_WATCH_H
#define TESTS_SHARED_MARKET_WATCH_H

#include "../../plugins/housing/housing.h"
#include "market_world.h"

typedef struct market_seen {
    const housing_bid *bids; /* a household's follow each other, best liked first; .offer is the place in `open` and the row of table offer */
    const kj_id *open;       /* vacancies on offer */
    uint32_t n_bids, n_offers;
} market_seen;

/* look and data are the test's; the engine keeps pointers to the others as long as the simulation lives: one at a time. */
static struct market_watch {
    void (*look)(void *data, const market_seen *seen);
    void *data;
    const kj_host *host;
    kj_register_v1 registers;
    kj_plugin_def housing;
    const kj_plugin_def *plugins[3];
} market_watch;

static kj_status market_watch_clear(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const housing *self = instance;
    market_seen seen;
    seen.bids = self->run->items(ctx, self->bids, &seen.n_bids);
    seen.open = self->run->items(ctx, self->open, &seen.n_offers);
    market_watch.look(market_watch.data, &seen);
    return housing_clear(instance, ctx, begin, end);
}

static kj_status market_watch_system(void *impl, const kj_system_def *def)
{
    const kj_register_v1 *real = market_watch.host->interface(market_watch.host, "kedja.register/1");
    kj_system_def watched = *def;
    if (watched.run == housing_clear) watched.run = market_watch_clear;
    return real->system(impl, &watched);
}

static const void *market_watch_interface(const kj_host *host, const char *id)
{
    const void *real = market_watch.host->interface(market_watch.host, id);
    (void)host;
    if (!real || strcmp(id, "kedja.register/1") != 0) return real;
    market_watch.registers = *(const kj_register_v1 *)real;
    market_watch.registers.system = market_watch_system;
    return &market_watch.registers;
}

static kj_status market_watch_bind(void *instance, const kj_host *host)
{
    kj_host watched = *host;
    market_watch.host = host;
    watched.interface = market_watch_interface;
    return kedja_plugin_housing.bind(instance, &watched);
}

static kj_sim *market_sim_watched(const market_world *world, void (*look)(void *, const market_seen *), void *data, bool busy)
{
    market_watch = (struct market_watch){.look = look, .data = data, .housing = kedja_plugin_housing};
    market_watch.housing.bind = market_watch_bind;
    market_watch.plugins[0] = &market_watch.housing;
    market_watch.plugins[1] = &market_people_def;
    return market_sim_with(market_watch.plugins, world, 1, false, busy);
}

#endif
