package io.stoat.bench.echo;

/**
 * What one load on one node showed.
 *
 * @param p50Ns median round trip, ns.
 * @param p99Ns 99th percentile of the round trips, ns.
 * @param single requests a second with many in flight, each in a message of its own.
 * @param batched requests a second with many in flight, gathered in messages; 0 where there is no
 *     such thing.
 */
record Figures(double p50Ns, double p99Ns, double single, double batched) {}
