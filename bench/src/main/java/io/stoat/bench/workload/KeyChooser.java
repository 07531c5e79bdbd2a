package io.stoat.bench.workload;

/** Chooses the key of each operation. One thread; the same seed gives the same sequence. */
interface KeyChooser {
    /**
     * @param bits random bits, used up by this call.
     * @return index of a key, from 0 to one less than the number of keys.
     */
    long choose(long bits);
}
