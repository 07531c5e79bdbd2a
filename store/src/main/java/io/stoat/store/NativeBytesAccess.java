package io.stoat.store;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.PointerBytesStore;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.serialization.DataAccess;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;

/**
 * Hands {@link NativeBytes} to Chronicle Map without allocating. Its class name is written into
 * every map file's header, so it must not be renamed or moved without a new layout version.
 * Chronicle Map keeps one copy a thread and a role.
 */
public final class NativeBytesAccess extends AbstractData<NativeBytes>
        implements DataAccess<NativeBytes>, SizedReader<NativeBytes> {
    private transient PointerBytesStore store = new PointerBytesStore();
    private transient NativeBytes bytes;

    /** Called by Chronicle Map and by the shard's builder. */
    public NativeBytesAccess() {}

    @Override
    public RandomDataInput bytes() {
        return store;
    }

    @Override
    public long offset() {
        return store.start();
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public NativeBytes get() {
        return bytes;
    }

    @Override
    public NativeBytes getUsing(final NativeBytes using) {
        return (using == null ? new NativeBytes() : using).wrap(bytes.address, bytes.length);
    }

    @Override
    public Data<NativeBytes> getData(final NativeBytes instance) {
        bytes = instance;
        store.set(instance.address, instance.length);
        return this;
    }

    @Override
    public void uninit() {
        bytes = null;
    }

    @Override
    public DataAccess<NativeBytes> copy() {
        return new NativeBytesAccess();
    }

    @Override
    public NativeBytes read(final Bytes<?> in, final long size, final NativeBytes using) {
        return (using == null ? new NativeBytes() : using)
                .wrap(in.addressForRead(in.readPosition()), (int) size);
    }

    @Override
    public void readMarshallable(final WireIn wire) {
        store = new PointerBytesStore();
    }

    @Override
    public void writeMarshallable(final WireOut wire) {
        // no configuration
    }
}
