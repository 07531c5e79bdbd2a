/** JMH benchmarks over {@link io.stoat.bench.contender.Contender}s. */
package io.stoat.bench.jmh;
