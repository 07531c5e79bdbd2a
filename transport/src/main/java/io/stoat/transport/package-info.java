/** Stoat transport. */
package io.stoat.transport;
