/**
 * What is asked of a store: mixes of operations, the order of the keys, values that prove
 * themselves, and recorded market data.
 */
package io.stoat.bench.workload;
