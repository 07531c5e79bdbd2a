package io.stoat.bench.contender;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.hash.serialization.SizedReader;

/** Copies an entry's bytes into a reused {@link Block}. */
public final class BlockReader implements SizedReader<Block> {
    @Override
    public Block read(final Bytes<?> in, final long size, final Block using) {
        final Block block = using == null ? new Block((int) size) : using;
        final long position = in.readPosition();
        block.copyFrom(in.addressForRead(position));
        in.readPosition(position + size);
        return block;
    }
}
