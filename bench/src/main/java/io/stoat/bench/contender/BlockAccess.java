package io.stoat.bench.contender;

import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.serialization.DataAccess;

/** Hands a {@link Block}'s own memory to Chronicle Map: no wrapping, no copy, no allocation. */
public final class BlockAccess extends AbstractData<Block> implements DataAccess<Block> {
    private transient Block block;

    @Override
    public Data<Block> getData(final Block instance) {
        block = instance;
        return this;
    }

    @Override
    public RandomDataInput bytes() {
        return block.store();
    }

    @Override
    public long offset() {
        return 0;
    }

    @Override
    public long size() {
        return block.length();
    }

    @Override
    public boolean equivalent(final RandomDataInput source, final long sourceOffset) {
        return block.equalTo(source.addressForRead(sourceOffset));
    }

    @Override
    public Block get() {
        return block;
    }

    @Override
    public Block getUsing(final Block using) {
        final Block target = using == null ? new Block(block.length()) : using;
        target.copyFrom(block.store().addressForRead(0));
        return target;
    }

    @Override
    public void uninit() {
        block = null;
    }

    @Override
    public DataAccess<Block> copy() {
        return new BlockAccess();
    }
}
