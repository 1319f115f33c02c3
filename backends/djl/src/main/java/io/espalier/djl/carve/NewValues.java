package io.espalier.djl.carve;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** Copies a block, with other numbers in some of its parameters. */
public final class NewValues {
  private final IdentityHashMap<Parameter, float[]> values;
  private final NDManager manager;
  private final IdentityHashMap<Parameter, Parameter> copies = new IdentityHashMap<>();

  private NewValues(IdentityHashMap<Parameter, float[]> values, NDManager manager) {
    this.values = values;
    this.manager = manager;
  }

  /**
   * A copy that shares no array with the block.
   *
   * @param values the new numbers of some parameters, in row-major order
   * @param manager what the arrays of the copy belong to
   */
  public static Block copy(
      Block block, IdentityHashMap<Parameter, float[]> values, NDManager manager) {
    NewValues made = new NewValues(values, manager);
    BlockParts parts = new BlockParts(block);
    return new BlockCopier(parts.inside(block), Set.of(), Map.of(), made::parameter, made::copy)
        .copy(block);
  }

  /** The elements of an array as they lie, little-endian and row-major. */
  public static ByteBuffer bytes(NDArray array) {
    ByteBuffer bytes = array.toByteBuffer();
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    if (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) {
      reverse(copy, copy.length / Math.toIntExact(Math.max(1, array.size())));
    }
    return ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).asReadOnlyBuffer();
  }

  private static void reverse(byte[] bytes, int width) {
    for (int from = 0; from < bytes.length; from += width) {
      for (int i = 0; i < width / 2; i++) {
        byte low = bytes[from + i];
        bytes[from + i] = bytes[from + width - 1 - i];
        bytes[from + width - 1 - i] = low;
      }
    }
  }

  private NDArray copy(NDArray array) {
    NDArray copy = array.duplicate();
    copy.attach(manager);
    return copy;
  }

  private Parameter parameter(Parameter old) {
    return copies.computeIfAbsent(old, this::made);
  }

  private Parameter made(Parameter old) {
    Parameter.Builder builder =
        Parameter.builder()
            .setName(old.getName())
            .setType(old.getType())
            .optInitializer(old.getInitializer())
            .optRequiresGrad(old.requiresGradient())
            .optShape(old.getShape());
    if (old.isInitialized()) {
      NDArray array = old.getArray();
      float[] numbers = values.get(old);
      NDArray now =
          numbers == null
              ? copy(array)
              : manager.create(numbers, array.getShape()).toType(array.getDataType(), false);
      now.setName(old.getName());
      if (array.hasGradient()) {
        now.setRequiresGradient(true);
      }
      builder.optArray(now).optShape(now.getShape());
    }
    return builder.build();
  }
}
