/** Stoat replication. */
package io.stoat.replication;
