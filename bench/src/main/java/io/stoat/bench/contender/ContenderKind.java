package io.stoat.bench.contender;

import java.util.Arrays;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** Every contender by the name that commands and results use for it. */
public enum ContenderKind {
    /** The harness alone. */
    NONE("none", NoStore::new),
    /** A bare hash table without any promise: the floor. */
    BARE_TABLE("bare-table", BareTable::new),
    /** Stoat, fields read in place. */
    STOAT_VIEW("stoat-view", keyCount -> new StoatStore(keyCount, true, false)),
    /** Stoat, validated copy. */
    STOAT_COPY("stoat-copy", keyCount -> new StoatStore(keyCount, false, false)),
    /** Stoat, validated copy that is checked against the entry's checksum too. */
    STOAT_CHECKED("stoat-checked", keyCount -> new StoatStore(keyCount, false, true)),
    /** Chronicle Map, plain, for keys and values of any length, as Stoat's are. */
    CHRONICLE_BYTES("chronicle-bytes", keyCount -> new ChronicleByteArrays(keyCount, false)),
    /** Chronicle Map, plain, all keys and all values of one length. */
    CHRONICLE_CONSTANT("chronicle-constant", keyCount -> new ChronicleByteArrays(keyCount, true)),
    /** Chronicle Map with marshallers written for the record. */
    CHRONICLE_BLOCKS("chronicle-blocks", ChronicleBlocks::new),
    /** LMDB, each read as of now. */
    LMDB("lmdb", keyCount -> new LmdbStore(keyCount, true)),
    /** LMDB, reads as of a transaction that is held open. */
    LMDB_HELD("lmdb-held", keyCount -> new LmdbStore(keyCount, false));

    private final String label;
    private final LongFunction<Contender> factory;

    ContenderKind(final String label, final LongFunction<Contender> factory) {
        this.label = label;
        this.factory = factory;
    }

    /**
     * @return the name in commands and results.
     */
    public String label() {
        return label;
    }

    /**
     * Finds a kind by its name.
     *
     * @param label of the kind.
     * @return the kind.
     * @throws IllegalArgumentException naming those that exist when this one does not.
     */
    public static ContenderKind of(final String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label.equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "contender="
                                                + label
                                                + " is unknown: use one of "
                                                + Arrays.stream(values())
                                                        .map(ContenderKind::label)
                                                        .collect(Collectors.joining(", "))));
    }

    /**
     * Opens an empty store of this kind.
     *
     * @param keyCount records that it must hold.
     * @return the store; the caller closes it.
     */
    public Contender open(final long keyCount) {
        return factory.apply(keyCount);
    }

    /**
     * Opens a store of this kind that holds the records 0 to keyCount - 1.
     *
     * @param keyCount records to write.
     * @return the store; the caller closes it.
     */
    public Contender openLoaded(final long keyCount) {
        final Contender contender = open(keyCount);
        for (long index = 0; index < keyCount; index++) {
            contender.put(index, index);
        }
        return contender;
    }
}
