/** The gate: whether a change made the P99 worse beyond the noise of the host. */
package io.stoat.bench.gate;
