/**
 * Remote requests against what Aeron alone costs: the same message lengths, the same threads, the
 * same run.
 */
package io.stoat.bench.echo;
