package io.stoat.store;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Shows a {@link Checkpoint}'s visitor an entry that lies in memory which nobody changes. Copier's
 * thread.
 */
final class CheckpointEntry {
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);

    /**
     * @param valueLength with the header.
     * @throws StoreException when the entry does not match its checksum.
     */
    void show(
            final long keyAddress,
            final int keyLength,
            final long valueAddress,
            final int valueLength,
            final EntryVisitor visitor) {
        final int payloadLength = valueLength - ValueDescriptor.HEADER_LENGTH;
        if (!ValueDescriptor.isSound(
                valueAddress, payloadLength, XxHash64.hash(null, keyAddress, keyLength, 0L))) {
            throw new DamageException(
                    "an entry does not match its checksum: the shard is damaged, and no checkpoint"
                            + " can be made of it");
        }
        key.wrap(keyAddress, keyLength);
        payload.wrap(ValueDescriptor.payload(valueAddress), payloadLength);
        visitor.onEntry(
                key,
                payload,
                ValueDescriptor.version(valueAddress),
                ValueDescriptor.expiresAtMs(valueAddress));
    }
}
