/** What is measured: ways into a Stoat store and its peers, each behind {@link Contender}. */
package io.stoat.bench.contender;
