/**
 * The sequence protocol under jcstress: a writer and a reader of one store, compiled in every way
 * that the JVM has, look for interleavings and reorderings that no reader may see. {@code SequenceStressTest}
 * runs some of them in the build, and all of them at length with the Maven profile {@code stress}.
 */
package io.stoat.bench.stress;
