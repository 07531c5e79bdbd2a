/** Stoat affinity. */
package io.stoat.affinity;
