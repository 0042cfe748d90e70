/** The shape of what the API answers; the fields are described at /api/v1/definitions. */

/** @typedef {{ x: number, y: number, percent: number | null, shown: string }} Rate */
/** @typedef {{ n: number, median_minutes: number | null, p90_minutes: number | null }} Spread */
/** @typedef {"open" | "overdue" | "suspended" | "life_danger" | "unplaced"} Standing */
/**
 * @typedef {{
 *   code: string | null, name: string, parent: string | null, now: Record<Standing, number>,
 *   cleared_in_period: number, registered: number, cleared: number, open: number, overdue: number,
 *   suspended: number, rates: Record<string, Rate>, times: Record<string, Spread>,
 * }} Area
 */
/** @typedef {{ day: string, registered: number, cleared: number, cleared_in_period: number }} Day */
/** @typedef {{ kind: string, registered: number, cleared: number, open: number, overdue: number, suspended: number }} Kind */
/**
 * @typedef {{
 *   as_of: string, period: { name: string | null, from: string, to: string, n_days: number },
 *   filter: { level: string, area: string | null, kind: string | null, urgency: string | null },
 *   city: { name: string, synthetic_boundaries: boolean, play?: boolean }, total: Area, areas: Area[], days: Day[],
 *   days_before: Day[], kinds: Kind[], ages: { up_to_days: number | null, n: number }[],
 *   time_to_clear: { up_to_minutes: number | null, n: number }[], times_within_percent: number,
 * }} Stats
 */
/** @typedef {{ code: string, name: string, parent: string | null, synthetic: boolean }} Place */
/** @typedef {{ type: "Feature", properties: Place, geometry: { type: string, coordinates: any } }} Feature */

export {};
