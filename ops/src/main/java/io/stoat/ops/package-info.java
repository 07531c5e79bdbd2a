/** Stoat ops. */
package io.stoat.ops;
