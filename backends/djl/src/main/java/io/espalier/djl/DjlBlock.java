package io.espalier.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.util.PairList;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An initialized block, and what it is fed.
 *
 * @param block the block; it is read, never changed
 * @param inputs its inputs, in order
 */
public record DjlBlock(Block block, List<Input> inputs) {
  /** What every input's first dimension is called. */
  private static final String BATCH = "batch";

  /**
   * One input of a block.
   *
   * @param name what the network calls it
   * @param shape its shape; a dimension of -1 is left open
   * @param type the type of its elements
   * @param dims for each dimension the name of an open one, empty for others; open dimensions of
   *     one name have one length
   */
  public record Input(String name, Shape shape, DataType type, List<String> dims) {
    public Input {
      dims = List.copyOf(dims);
      if (dims.size() != shape.dimension()) {
        throw new EspalierException(
            "input \""
                + name
                + "\" names "
                + dims.size()
                + " dimensions, but its shape is "
                + shape);
      }
      for (int i = 0; i < dims.size(); i++) {
        if (shape.get(i) == 0 || shape.get(i) < -1 || (shape.get(i) < 0) == dims.get(i).isEmpty()) {
          throw new EspalierException(
              "dimension "
                  + i
                  + " of input \""
                  + name
                  + "\" is "
                  + shape.get(i)
                  + "; give a length, or -1 and a name for a dimension that is left open");
        }
      }
    }

    /** The same input with elements of another type, such as the INT64 of token ids. */
    public Input of(DataType other) {
      return new Input(name, shape, other, dims);
    }

    /** Whether a dimension is left open. */
    public boolean isOpen(int dimension) {
      return shape.get(dimension) < 0;
    }
  }

  public DjlBlock {
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty()) {
      throw new EspalierException("a block must be traced with the shapes of its inputs; give one");
    }
    Set<String> names = new HashSet<>();
    for (Input input : inputs) {
      if (!names.add(input.name())) {
        throw new EspalierException("two inputs of the block are called \"" + input.name() + "\"");
      }
    }
  }

  /**
   * A block and the shapes of its inputs. The first dimension of each is the batch, which is left
   * open whatever its length is here; so is any other of length -1.
   */
  public static DjlBlock of(Block block, Shape... shapes) {
    return of(block, true, shapes);
  }

  /** A block and the shapes of its inputs, of which only the dimensions of -1 are left open. */
  public static DjlBlock exactly(Block block, Shape... shapes) {
    return of(block, false, shapes);
  }

  /**
   * A block with the shapes it was initialized with; the first dimension of each is the batch,
   * which is left open.
   *
   * @throws EspalierException if it is not initialized
   */
  public static DjlBlock of(Block block) {
    if (!block.isInitialized()) {
      throw notInitialized(block);
    }
    return of(block, block.getInputShapes());
  }

  static EspalierException notInitialized(Block block) {
    return new EspalierException(
        "block "
            + block.getClass().getName()
            + " has no parameters yet; call initialize(manager, DataType.FLOAT32, shapes) or load"
            + " them first");
  }

  /** The same block with elements of these types, one for each input. */
  public DjlBlock types(DataType... types) {
    if (types.length != inputs.size()) {
      throw new EspalierException(
          types.length + " types were given for the " + inputs.size() + " inputs of a block");
    }
    List<Input> typed = new ArrayList<>();
    for (int i = 0; i < types.length; i++) {
      typed.add(inputs.get(i).of(types[i]));
    }
    return new DjlBlock(block, typed);
  }

  private static DjlBlock of(Block block, boolean openBatch, Shape... shapes) {
    List<String> names = names(block, shapes.length);
    List<Input> inputs = new ArrayList<>();
    for (int i = 0; i < shapes.length; i++) {
      long[] lengths = shapes[i].getShape().clone();
      List<String> dims = new ArrayList<>();
      for (int axis = 0; axis < lengths.length; axis++) {
        boolean batch = axis == 0 && (openBatch || lengths[0] < 0);
        lengths[axis] = batch ? -1 : lengths[axis];
        String open = batch ? BATCH : names.get(i) + "_" + axis;
        dims.add(lengths[axis] < 0 ? open : "");
      }
      inputs.add(new Input(names.get(i), new Shape(lengths), DataType.FLOAT32, dims));
    }
    return new DjlBlock(block, inputs);
  }

  /** What the block calls its inputs, if that is of use. */
  private static List<String> names(Block block, int count) {
    List<String> described = described(block);
    if (described.size() == count
        && described.stream().noneMatch(name -> name == null || name.isEmpty())
        && new HashSet<>(described).size() == count) {
      return List.copyOf(described);
    }
    String[] names = new String[count];
    Arrays.setAll(names, i -> "data" + i);
    return List.of(names);
  }

  private static List<String> described(Block block) {
    if (!block.isInitialized()) {
      return List.of();
    }
    try {
      PairList<String, Shape> described = block.describeInput();
      return described == null ? List.of() : described.keys();
    } catch (IllegalArgumentException e) {
      // one that was loaded, and never initialized, knows shapes but no names
      return List.of();
    }
  }
}
