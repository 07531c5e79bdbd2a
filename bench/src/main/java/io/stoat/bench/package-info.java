/**
 * The latency rig: measures every way into a Stoat store, and its peers, in the same run.
 *
 * <p>{@link io.stoat.bench.contender} holds what is measured behind one interface, {@link
 * io.stoat.bench.jmh} the benchmarks, and this package the commands that run them and judge the
 * figures.
 */
package io.stoat.bench;
