/**
 * Makes members of a cluster fail while clients work, and checks every history of operations for
 * linearizability.
 */
package io.stoat.ops.chaos;
