package io.espalier.djl.trace.values;

import ai.djl.ndarray.types.DataType;
import java.util.List;
import java.util.Map;

/** Types of elements: their numbers in ONNX, and what two of them make. */
public final class Types {
  private static final Map<DataType, Integer> ONNX =
      Map.ofEntries(
          Map.entry(DataType.FLOAT32, 1),
          Map.entry(DataType.UINT8, 2),
          Map.entry(DataType.INT8, 3),
          Map.entry(DataType.UINT16, 4),
          Map.entry(DataType.INT16, 5),
          Map.entry(DataType.INT32, 6),
          Map.entry(DataType.INT64, 7),
          Map.entry(DataType.BOOLEAN, 9),
          Map.entry(DataType.FLOAT16, 10),
          Map.entry(DataType.FLOAT64, 11),
          Map.entry(DataType.UINT32, 12),
          Map.entry(DataType.UINT64, 13),
          Map.entry(DataType.BFLOAT16, 16));

  /** From the narrowest to the widest. */
  private static final List<DataType> WIDTH =
      List.of(
          DataType.BOOLEAN,
          DataType.UINT8,
          DataType.INT8,
          DataType.UINT16,
          DataType.INT16,
          DataType.UINT32,
          DataType.INT32,
          DataType.UINT64,
          DataType.INT64,
          DataType.BFLOAT16,
          DataType.FLOAT16,
          DataType.FLOAT32,
          DataType.FLOAT64);

  private Types() {}

  /** The number that ONNX has for a type. */
  public static int onnx(DataType type) {
    Integer number = ONNX.get(type);
    if (number == null) {
      throw new Untraceable("works on elements of type " + type + ", which are not followed");
    }
    return number;
  }

  /**
   * The type of an operation on two arrays, by PyTorch's rules: the type of a scalar counts only
   * where it is of a higher kind, of which there are booleans, integers and floating-point numbers.
   */
  public static DataType promote(Value a, Value b) {
    if (a.type() == b.type()) {
      return a.type();
    }
    int kindA = kind(a.type());
    int kindB = kind(b.type());
    if (a.isScalar() != b.isScalar() && kindA == kindB) {
      return a.isScalar() ? b.type() : a.type();
    }
    if (kindA != kindB) {
      return kindA > kindB ? a.type() : b.type();
    }
    if (a.type() == DataType.UINT8 || b.type() == DataType.UINT8) {
      DataType other = a.type() == DataType.UINT8 ? b.type() : a.type();
      return other == DataType.INT8 ? DataType.INT16 : other;
    }
    return WIDTH.indexOf(a.type()) > WIDTH.indexOf(b.type()) ? a.type() : b.type();
  }

  private static int kind(DataType type) {
    if (type.isFloating()) {
      return 2;
    }
    return type == DataType.BOOLEAN ? 0 : 1;
  }
}
