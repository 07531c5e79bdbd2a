/** How reads of shared memory scale with reader processes, beside a writer. */
package io.stoat.bench.scaling;
