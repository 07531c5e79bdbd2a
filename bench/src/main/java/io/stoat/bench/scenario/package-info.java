/** Scenarios by name: which runs they are made of, and the runner that makes them. */
package io.stoat.bench.scenario;
