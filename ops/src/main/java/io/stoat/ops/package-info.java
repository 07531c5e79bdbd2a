/**
 * The {@code stoat} command: node, key commands, demo. Everything a person meets is here; the other
 * modules print nothing.
 */
package io.stoat.ops;
