/** Stoat bench. */
package io.stoat.bench;
