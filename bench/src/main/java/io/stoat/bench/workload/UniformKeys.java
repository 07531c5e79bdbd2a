package io.stoat.bench.workload;

/** Every key is as likely as any other. */
final class UniformKeys implements KeyChooser {
    private final long count;

    UniformKeys(final long count) {
        this.count = count;
    }

    @Override
    public long choose(final long bits) {
        return RandomBits.below(count, bits);
    }
}
