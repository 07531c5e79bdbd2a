/**
 * Which thread runs on which CPU, and whether the host lets it run undisturbed.
 *
 * <p>{@link io.stoat.affinity.Topology} tells what the host has. Nothing here knows what the
 * threads do; nothing else in Stoat knows how a thread is pinned.
 */
package io.stoat.affinity;
