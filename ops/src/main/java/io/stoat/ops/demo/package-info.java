/** The demo: its processes, its self-checking value and its figures. */
package io.stoat.ops.demo;
