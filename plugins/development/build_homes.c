/* Every month: projects start, and homes are completed. A home is a row of `dwelling`; its cell becomes built land. */
#include "development.h"

typedef struct homes {
    int32_t *cell, *rent, *price;
    uint8_t *tenure, *kind, *rooms, *state;
    int16_t *area_m2, *built_year;
    kj_id *project;
    uint64_t *luck;
} homes;

typedef struct builder {
    const dev *d;
    kj_ctx *ctx;
    land_view land;
    project_view projects;
    homes homes;
    const double *room_share, *room_area;
    const int32_t *new_price_small, *new_price_flat;
    int16_t *built_year, *built_month;
    int32_t *area_completed;
    kj_month now;
    kj_stream home;
    double rent, coop_fee, owner_cost; /* SEK per m2 and year */
    double yield;
    bool private_rental;
    const float *charge, *land_price;
} builder;

static void take_homes(const dev *d, kj_ctx *ctx, homes *h)
{
    const kj_run_v1 *run = d->run;
    *h = (homes){.cell = run->write(ctx, d->home_cell), .rent = run->write(ctx, d->home_rent), .price = run->write(ctx, d->home_price),
                 .tenure = run->write(ctx, d->home_tenure), .kind = run->write(ctx, d->home_kind), .rooms = run->write(ctx, d->home_rooms),
                 .state = run->write(ctx, d->home_state), .area_m2 = run->write(ctx, d->home_area_m2),
                 .built_year = run->write(ctx, d->home_built_year), .project = run->write(ctx, d->home_project),
                 .luck = run->write(ctx, d->home_luck)};
}

/* Homes of a project that are complete by now: equal stages, the first one building time after the start, the last at
   completion. */
static int32_t homes_due(const builder *b, uint32_t row)
{
    const project_view *p = &b->projects;
    int32_t n = project_homes(p, row);
    if (b->now >= p->completion[row]) return n;
    int32_t stage_size = (int32_t)dev_value(b->d, b->ctx, P_STAGE_SIZE), n_stages = (n + stage_size - 1) / stage_size;
    bool flats = p->n_small[row] < n;
    int32_t first = p->start[row] + (int32_t)dev_value(b->d, b->ctx, flats ? P_MONTHS_FLAT : P_MONTHS_SMALL);
    if (n_stages < 2 || first >= p->completion[row] || b->now < first) return 0;
    int64_t done = 1 + (int64_t)(b->now - first) * (n_stages - 1) / (p->completion[row] - first);
    return (int32_t)(n * done / n_stages);
}

/* Is home number `ordinal` of a project a small house? Flats come first, near the seed. */
static bool is_small_house(const project_view *p, uint32_t row, int32_t n, int32_t ordinal) { return ordinal >= n - p->n_small[row]; }

/* Homes by tenure among the flats and the small houses of a project: owners get small houses first, then co-op, rental. */
static void split_tenures(const project_view *p, uint32_t row, bool small, int32_t out[KJ_PROJECT_TENURES])
{
    static const kj_tenure order[KJ_PROJECT_TENURES] = {KJ_TENURE_OWNER, KJ_TENURE_COOP, KJ_TENURE_RENTAL, KJ_TENURE_SENIOR, KJ_TENURE_STUDENT};
    int32_t left = p->n_small[row];
    for (int k = 0; k < KJ_PROJECT_TENURES; k++) {
        int32_t n = p->homes[order[k]][row], houses = n < left ? n : left;
        left -= houses;
        out[order[k]] = small ? houses : n - houses;
    }
}

/* Tenures mixed evenly: the k-th home goes to the tenure that is furthest behind its share. */
static kj_tenure next_tenure(const int32_t quota[KJ_PROJECT_TENURES], int32_t given[KJ_PROJECT_TENURES], int32_t total, int32_t k)
{
    int best = -1;
    int64_t best_lag = 0;
    for (int t = 0; t < KJ_PROJECT_TENURES; t++) {
        int64_t lag = (int64_t)quota[t] * (k + 1) - (int64_t)given[t] * total;
        if (given[t] < quota[t] && (best < 0 || lag > best_lag)) best = t, best_lag = lag;
    }
    if (best < 0) best = KJ_TENURE_RENTAL;
    given[best]++;
    return (kj_tenure)best;
}

/* What a home is let or sold as: developers' rentals may be private ones, but for those with a rent ceiling. */
static kj_tenure let_as(const builder *b, uint32_t row, kj_tenure tenure, bool is_affordable)
{
    bool is_private = b->private_rental && b->projects.kind[row] == KJ_PROJECT_DEVELOPER && !is_affordable;
    return tenure == KJ_TENURE_RENTAL && is_private ? KJ_TENURE_PRIVATE : tenure;
}

static dev_home home_class(bool small, kj_tenure tenure)
{
    if (small) return HOME_SMALL_HOUSE;
    return tenure == KJ_TENURE_STUDENT ? HOME_STUDENT : tenure == KJ_TENURE_SENIOR ? HOME_SENIOR : HOME_FLAT;
}

static int32_t draw_rooms(const builder *b, dev_home home, uint64_t luck)
{
    double u = kj_uniform(kj_draw(b->home, luck, 0, 0).v[0]), sum = 0.0;
    for (int32_t rooms = 1; rooms < ROOMS_MAX; rooms++) {
        sum += b->room_share[(int32_t)home * ROOMS_MAX + rooms - 1];
        if (u < sum) return rooms;
    }
    return ROOMS_MAX;
}

static bool has_room_for(const builder *b, int32_t cell, bool small, int32_t m2)
{
    const land_view *land = &b->land;
    if (land_spare_m2(land, cell, (double)land->max_far[cell]) < (double)m2) return false;
    return !small || (int32_t)(land->cell_m2 / land->plot_m2) > land->dwellings[cell];
}

/* The project's cell nearest to its seed with room for a home; -1 if there is none. */
static int32_t cell_for(const builder *b, const int32_t *cells, int32_t n_cells, bool small, int32_t m2)
{
    for (int32_t k = 0; k < n_cells; k++)
        if (land_may_build(&b->land, cells[k]) && has_room_for(b, cells[k], small, m2)) return cells[k];
    return -1;
}

/* A home with a ceiling lets for no more than that; what the owner forgoes is its value at the net yield. */
static void cap_rent(builder *b, uint32_t home_row, int32_t ceiling)
{
    int32_t *rent = &b->homes.rent[home_row];
    if (*rent <= ceiling) return;
    double forgone = 12.0 * (double)(*rent - ceiling) / b->yield;
    *rent = ceiling;
    dev_count(b->d, b->ctx, &b->land, M_AFFORDABLE_COST, b->homes.cell[home_row], (int64_t)forgone);
}

static void set_money(builder *b, uint32_t home_row, bool small)
{
    homes *h = &b->homes;
    double m2 = (double)h->area_m2[home_row];
    kj_tenure tenure = (kj_tenure)h->tenure[home_row];
    double yearly = tenure == KJ_TENURE_OWNER ? b->owner_cost : tenure == KJ_TENURE_COOP ? b->coop_fee : b->rent;
    h->rent[home_row] = (int32_t)(yearly * m2 / 12.0);
    if (tenure != KJ_TENURE_OWNER && tenure != KJ_TENURE_COOP) return;
    int32_t area = b->land.area[h->cell[home_row]];
    int32_t price = small ? b->new_price_small[area] : b->new_price_flat[area];
    h->price[home_row] = (int32_t)((double)price * m2);
}

/* The cell under a new home becomes built land; what it was before is counted by development.land. */
static void build_on(builder *b, int32_t cell, bool small, int32_t m2)
{
    land_view *land = &b->land;
    uint8_t before = land->land_use[cell];
    uint8_t after = small && before != KJ_LAND_FLATS ? KJ_LAND_SMALL_HOUSES : KJ_LAND_FLATS;
    if (before != after) {
        dev_converted record = {.cell = cell, .land_use = before};
        land->set_land_use[cell] = after;
        b->built_year[cell] = (int16_t)KJ_YEAR_OF(b->now);
        if (!land_is_built(before)) {
            b->d->run->emit(b->ctx, b->d->converted, &record);
            int64_t paid = (int64_t)((double)b->land_price[cell] * land->cell_m2);
            if (paid > 0) dev_count(b->d, b->ctx, land, M_LAND_SALES, cell, paid);
        }
    }
    int64_t charged = (int64_t)((double)b->charge[cell] * (double)m2);
    if (charged != 0) dev_count(b->d, b->ctx, land, M_CHARGES, cell, charged);
    land->set_floor_area[cell] += m2;
    land->set_dwellings[cell]++;
    b->built_month[cell] = (int16_t)b->now;
    b->area_completed[land->area[cell]]++;
}

static kj_status complete_home(builder *b, uint32_t row, int32_t cell, kj_tenure tenure, bool small, int32_t rooms, int32_t m2, uint64_t luck,
                               bool is_affordable)
{
    const dev *d = b->d;
    kj_id id = d->run->create(b->ctx, d->dwelling);
    if (id == 0) return KJ_E_RANGE; /* the host has said why */
    uint32_t home = d->run->row_of(b->ctx, d->dwelling)[id];
    homes *h = &b->homes;
    bool row_house = small && b->land.zoning[cell] == KJ_ZONE_MIXED;
    h->cell[home] = cell;
    h->tenure[home] = (uint8_t)tenure;
    h->kind[home] = (uint8_t)(!small ? KJ_FLAT : row_house || tenure != KJ_TENURE_OWNER ? KJ_ROW : KJ_DETACHED);
    h->rooms[home] = (uint8_t)rooms;
    h->area_m2[home] = (int16_t)m2;
    h->built_year[home] = (int16_t)KJ_YEAR_OF(b->now);
    h->state[home] = KJ_DWELLING_VACANT;
    h->project[home] = b->projects.ids[row];
    h->luck[home] = luck;
    set_money(b, home, small);
    if (is_affordable) cap_rent(b, home, b->projects.rent_ceiling[row]);
    build_on(b, cell, small, m2);
    bool converted = b->projects.is_conversion[row] != 0;
    if (converted) dev_count(d, b->ctx, &b->land, M_CONVERTED, cell, 1);
    kj_freed freed = {.dwelling = id, .cause = converted ? KJ_CAUSE_CONVERSION : KJ_CAUSE_NEW};
    d->run->emit(b->ctx, d->freed, &freed);
    return KJ_OK;
}

/* What a project still has to build, for site_reserve. */
static site_request request_for(const builder *b, uint32_t row, int32_t n_homes)
{
    const project_view *p = &b->projects;
    int32_t n = project_homes(p, row), first = p->built[row], n_flats = n - p->n_small[row] - first;
    if (n_flats < 0) n_flats = 0;
    if (n_homes > n - first) n_homes = n - first;
    if (n_flats > n_homes) n_flats = n_homes;
    return (site_request){.seed = p->cell[row], .n_flats = n_flats, .n_small = n_homes - n_flats, .project = p->ids[row],
                          .planned = p->kind[row] != KJ_PROJECT_DEVELOPER, .luck = p->luck[row],
                          .zone = p->named_by_area[row] ? b->land.area[p->cell[row]] + 1 : 0};
}

/* Land for what is left: at the start, and again when a site has been protected since. A project whose land was taken
   moves to the nearest that may be built; one that finds none ends. False when it has ended. */
static bool keep_site(builder *b, uint32_t row)
{
    int32_t cells[SITE_MAX], n_lost = 0, left = project_homes(&b->projects, row) - b->projects.built[row];
    int32_t n = site_cells(&b->land, b->projects.ids[row], b->projects.cell[row], cells);
    for (int32_t k = 0; k < n; k++)
        if (!land_may_build(&b->land, cells[k])) b->land.set_reserved[cells[k]] = 0, n_lost++;
    if (n > 0 && n_lost == 0) return true;
    site_request request = request_for(b, row, left);
    int32_t room = 0;
    for (int32_t k = 0; k < n; k++) {
        int32_t cell = cells[k];
        if (b->land.reserved[cell] == b->projects.ids[row])
            room += land_room(&b->land, cell, request.n_flats > 0, (double)b->land.max_far[cell]);
    }
    if (room < left) {
        request = request_for(b, row, left - room);
        room += site_reserve(&b->land, &request);
    }
    /* A site is also lost that no cell was held for yet. */
    bool moved = n_lost > 0 || (n == 0 && !land_may_build(&b->land, b->projects.cell[row]));
    if (moved) dev_count(b->d, b->ctx, &b->land, M_MOVED, b->projects.cell[row], 1);
    if (room > 0) return true;
    project_give_up(b->d, b->ctx, &b->projects, row, &b->land);
    return false;
}

/* Adds the nearest free cell to a project whose own are full. */
static int32_t extend_site(builder *b, uint32_t row, int32_t *cells)
{
    site_request request = request_for(b, row, 1);
    if (site_reserve(&b->land, &request) < 1) return -1;
    return site_cells(&b->land, b->projects.ids[row], b->projects.cell[row], cells);
}

/* Homes number built … due - 1; *out_of_land when no more of them fit anywhere near. */
static kj_status complete_homes(builder *b, uint32_t row, int32_t due, bool *out_of_land)
{
    project_view *p = &b->projects;
    int32_t cells[SITE_MAX], n_cells = site_cells(&b->land, p->ids[row], p->cell[row], cells);
    int32_t n = project_homes(p, row), quota[2][KJ_PROJECT_TENURES], given[2][KJ_PROJECT_TENURES] = {{0}};
    int32_t n_small = p->n_small[row] < n ? p->n_small[row] : n, total[2] = {n - n_small, n_small};
    split_tenures(p, row, false, quota[0]);
    split_tenures(p, row, true, quota[1]);
    int64_t n_rental = 0;
    for (int32_t ordinal = 0; ordinal < due; ordinal++) {
        bool small = is_small_house(p, row, n, ordinal);
        kj_tenure tenure = next_tenure(quota[small], given[small], total[small], small ? ordinal - total[0] : ordinal);
        /* Affordable homes are spread evenly over the rental ones. */
        bool is_affordable = false;
        if (tenure == KJ_TENURE_RENTAL && p->n_affordable[row] > 0) {
            int64_t share = p->n_affordable[row], all = p->homes[KJ_TENURE_RENTAL][row];
            is_affordable = share * (n_rental + 1) / all > share * n_rental / all;
            n_rental++;
        }
        if (ordinal < p->built[row]) continue;
        uint64_t luck = kj_luck(KJ_LUCK_DWELLING, p->luck[row], (uint64_t)ordinal);
        dev_home home = home_class(small, tenure);
        int32_t rooms = draw_rooms(b, home, luck), m2 = (int32_t)b->room_area[(int32_t)home * ROOMS_MAX + rooms - 1];
        int32_t cell = cell_for(b, cells, n_cells, small, m2);
        if (cell < 0) {
            p->built[row] = ordinal;
            int32_t extended = extend_site(b, row, cells);
            if (extended > 0) n_cells = extended;
            cell = cell_for(b, cells, n_cells, small, m2);
        }
        if (cell < 0) {
            *out_of_land = true;
            return KJ_OK;
        }
        kj_status status = complete_home(b, row, cell, let_as(b, row, tenure, is_affordable), small, rooms, m2, luck, is_affordable);
        if (status) return status;
        p->built[row] = ordinal + 1;
    }
    return KJ_OK;
}

static kj_status work_on(builder *b, uint32_t row)
{
    project_view *p = &b->projects;
    if (!project_complete(b->d, b->ctx, p, row, &b->land)) {
        p->stage[row] = KJ_PROJECT_CANCELLED;
        return KJ_OK;
    }
    if (p->stage[row] == KJ_PROJECT_PERMITTED) {
        if (b->now < p->start[row] || !keep_site(b, row)) return KJ_OK;
        p->stage[row] = KJ_PROJECT_STARTED;
        dev_count(b->d, b->ctx, &b->land, M_STARTED, p->cell[row], project_homes(p, row));
    }
    int32_t due = homes_due(b, row), before = p->built[row], n = project_homes(p, row);
    if (due > before || n == 0) {
        if (!keep_site(b, row)) return KJ_OK;
        bool out_of_land = false;
        kj_status status = complete_homes(b, row, due, &out_of_land);
        if (status) return status;
        dev_count(b->d, b->ctx, &b->land, M_COMPLETED, p->cell[row], p->built[row] - before);
        dev_count(b->d, b->ctx, &b->land, M_DWELLINGS, p->cell[row], p->built[row] - before);
        if (out_of_land) {
            project_give_up(b->d, b->ctx, p, row, &b->land);
            return KJ_OK;
        }
    }
    if (p->built[row] < n) return KJ_OK;
    p->stage[row] = KJ_PROJECT_DONE;
    site_release(&b->land, p->ids[row], p->cell[row]);
    return KJ_OK;
}

kj_status dev_build(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const dev *d = instance;
    const kj_run_v1 *run = d->run;
    uint32_t n;
    builder b = {.d = d, .ctx = ctx, .now = run->month(ctx), .home = run->stream(ctx, STREAM_HOME),
                 .room_share = run->param_table(ctx, d->new_home_rooms, &n), .room_area = run->param_table(ctx, d->new_home_area, &n),
                 .new_price_small = run->read(ctx, d->new_price_small), .new_price_flat = run->read(ctx, d->new_price_flat),
                 .built_year = run->write(ctx, d->built_year), .built_month = run->write(ctx, d->built_month),
                 .area_completed = run->write(ctx, d->area_completed), .rent = dev_value(d, ctx, P_RENT_NEW),
                 .coop_fee = dev_value(d, ctx, P_COOP_FEE), .owner_cost = dev_value(d, ctx, P_OWNER_COST),
                 .yield = dev_value(d, ctx, P_YIELD), .private_rental = dev_value(d, ctx, P_PRIVATE_RENTAL) > 0.0, .charge = run->read(ctx, d->charge), .land_price = run->read(ctx, d->land_price)};
    project_view_take(d, ctx, &b.projects);
    kj_status status = KJ_OK;
    bool ready = false; /* the map is looked at only in months in which something happens */
    for (uint32_t row = 0; row < b.projects.n && status == KJ_OK; row++) {
        uint8_t stage = b.projects.stage[row];
        if (!b.projects.alive[row] || (stage != KJ_PROJECT_PERMITTED && stage != KJ_PROJECT_STARTED)) continue;
        if (!ready) land_view_write(d, ctx, &b.land, true), take_homes(d, ctx, &b.homes), ready = true;
        status = work_on(&b, row);
    }
    return status;
}
