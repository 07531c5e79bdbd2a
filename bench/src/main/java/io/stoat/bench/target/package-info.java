/**
 * What a load is put on: every way into a Stoat store, every peer and the physical floor, each
 * behind {@link io.stoat.bench.target.Target}. All do the same work with the same keys and values.
 */
package io.stoat.bench.target;
