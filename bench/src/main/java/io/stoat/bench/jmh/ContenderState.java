package io.stoat.bench.jmh;

import io.stoat.bench.contender.Contender;
import io.stoat.bench.contender.ContenderKind;
import io.stoat.bench.contender.KeySequence;
import io.stoat.bench.contender.Record;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A loaded contender and the order in which its keys are asked for. */
@State(Scope.Thread)
public class ContenderState {
    private static final long SEED = 0x5EED_CAFE_F00DL;

    /** Name of a {@link ContenderKind}. */
    @Param({
        "none",
        "bare-table",
        "stoat-view",
        "stoat-copy",
        "stoat-checked",
        "chronicle-bytes",
        "chronicle-constant",
        "chronicle-blocks",
        "lmdb",
        "lmdb-held"
    })
    public String contender;

    /** Records in the store: a hot set that stays in the cache, and one that does not. */
    @Param({"1000", "100000"})
    public long keys;

    private Contender store;
    private KeySequence sequence;
    private long stamp;

    /** Opens and loads the store. */
    @Setup(Level.Trial)
    public void open() {
        store = ContenderKind.of(contender).openLoaded(keys);
        sequence = new KeySequence(keys, SEED);
    }

    /** Closes the store and deletes its files. */
    @TearDown(Level.Trial)
    public void close() {
        store.close();
    }

    /**
     * Reads the next record of the sequence.
     *
     * @return its tag.
     * @throws IllegalStateException when the record is missing, torn or another one.
     */
    public long readHit() {
        final long index = sequence.next();
        final long tag = store.get(index);
        if (tag != Record.tag(index)) {
            throw new IllegalStateException("wrong value for record " + index + ": " + tag);
        }
        return tag;
    }

    /**
     * Asks for a record that does not exist.
     *
     * @return {@link Record#MISS}.
     * @throws IllegalStateException when a value was found.
     */
    public long readMiss() {
        final long index = sequence.next() + keys;
        final long tag = store.get(index);
        if (tag != Record.MISS) {
            throw new IllegalStateException("value for absent record " + index + ": " + tag);
        }
        return tag;
    }

    /** Overwrites the next record of the sequence with a new value of the same length. */
    public void overwrite() {
        store.put(sequence.next(), ++stamp);
    }
}
