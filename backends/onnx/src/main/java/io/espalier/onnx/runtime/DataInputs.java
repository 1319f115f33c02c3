package io.espalier.onnx.runtime;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.core.data.Draw;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What data for a model have to be like. */
public final class DataInputs {
  private static final long SPACE = 64;
  private static final long SEQUENCE = 16;
  private static final long IDS = 100;

  /** What carries ids on to the table that they index. */
  private static final Set<String> CARRIERS =
      Set.of("Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose");

  private final OnnxModel model;
  private final Map<String, List<Long>> given;
  private final Map<String, Long> named = new HashMap<>();

  private DataInputs(OnnxModel model, Map<String, List<Long>> given) {
    this.model = model;
    this.given = given;
  }

  /**
   * The inputs of a model, those that initializers set by default left out.
   *
   * <p>Where a size is open, the trial size is the one given, else 64 for the height and width of
   * images and 16 for anything else; sizes of one name are equal. Plausible are normal numbers, ids
   * below the rows of the table that they index, and ones for booleans and masks.
   *
   * @param given sizes by the name of the input, where a user gave them
   * @throws OnnxRunException if the model has no such input, or one that does not hold numbers or
   *     does not state its rank
   */
  public static List<InputSpec> of(OnnxModel model, Map<String, List<Long>> given) {
    return new DataInputs(model, given).specs();
  }

  private List<InputSpec> specs() {
    List<ValueInfoProto> inputs =
        model.inputs().stream()
            .filter(input -> !model.initializers().containsKey(input.getName()))
            .toList();
    List<String> names = inputs.stream().map(ValueInfoProto::getName).toList();
    for (String name : given.keySet()) {
      if (!names.contains(name)) {
        throw new OnnxRunException(model + " has no input '" + name + "'; its inputs are " + names);
      }
    }
    for (ValueInfoProto input : inputs) {
      List<Dimension> dims = input.getType().getTensorType().getShape().getDimList();
      List<Long> sizes = given.getOrDefault(input.getName(), List.of());
      for (int axis = 0; axis < Math.min(dims.size(), sizes.size()); axis++) {
        if (!dims.get(axis).getDimParam().isEmpty()) {
          named.putIfAbsent(dims.get(axis).getDimParam(), sizes.get(axis));
        }
      }
    }
    List<InputSpec> specs = new ArrayList<>();
    inputs.forEach(input -> specs.add(spec(input)));
    return specs;
  }

  private InputSpec spec(ValueInfoProto input) {
    String name = input.getName();
    TypeProto.Tensor type = input.getType().getTensorType();
    @Nullable List<Long> sizes = given.get(name);
    if (!input.getType().hasTensorType() || (!type.hasShape() && sizes == null)) {
      throw new OnnxRunException(
          "input '"
              + name
              + "' of "
              + model
              + (input.getType().hasTensorType()
                  ? " does not state its rank; give its shape by --input " + name + "=1x3x64x64"
                  : " is no tensor, and data are arrays"));
    }
    ElementType elements =
        ElementType.of(DataTypes.name(type.getElemType()))
            .orElseThrow(
                () ->
                    new OnnxRunException(
                        "input '"
                            + name
                            + "' of "
                            + model
                            + " holds "
                            + DataTypes.name(type.getElemType())
                            + ", which data cannot"));
    List<Long> shape = new ArrayList<>();
    List<Long> trial = new ArrayList<>();
    int rank = sizes == null || type.hasShape() ? type.getShape().getDimCount() : sizes.size();
    if (sizes != null && sizes.size() != rank) {
      throw new OnnxRunException(
          "input '"
              + name
              + "' of "
              + model
              + " has "
              + rank
              + " dimensions, not those of "
              + sizes);
    }
    for (int axis = 0; axis < rank; axis++) {
      Dimension dim =
          type.hasShape() ? type.getShape().getDim(axis) : Dimension.getDefaultInstance();
      shape.add(dim.getDimValue() > 0 ? dim.getDimValue() : -1);
      trial.add(dim.getDimValue() > 0 ? dim.getDimValue() : trial(dim, axis, rank, sizes));
    }
    return new InputSpec(name, elements, shape, trial, plausible(name, elements));
  }

  private long trial(Dimension dim, int axis, int rank, @Nullable List<Long> sizes) {
    long size =
        sizes != null ? sizes.get(axis) : axis == 0 ? 1 : rank >= 4 && axis >= 2 ? SPACE : SEQUENCE;
    return dim.getDimParam().isEmpty() || sizes != null
        ? size
        : named.computeIfAbsent(dim.getDimParam(), name -> size);
  }

  private Draw plausible(String name, ElementType type) {
    String folded = name.toLowerCase(Locale.ROOT);
    long rows = rows(name, 0);
    if (type.isInteger() && rows < Long.MAX_VALUE) {
      return new Draw.Ids(rows);
    }
    if (type == ElementType.BOOL || folded.contains("mask")) {
      return Draw.always(1);
    }
    if (type.isFloating()) {
      return Draw.normal();
    }
    return folded.contains("type") ? Draw.always(0) : Draw.below(Math.min(IDS, 1L + most(type)));
  }

  private static long most(ElementType type) {
    return type == ElementType.INT8 ? Byte.MAX_VALUE : Integer.MAX_VALUE;
  }

  /** Rows of the smallest table that a value indexes; the largest number if it indexes none. */
  private long rows(String value, int depth) {
    long rows = Long.MAX_VALUE;
    if (depth > CARRIERS.size()) {
      return rows;
    }
    for (NodeProto node : model.nodes()) {
      boolean first = node.getInputCount() > 0 && node.getInput(0).equals(value);
      if (first && CARRIERS.contains(node.getOpType())) {
        rows = Math.min(rows, rows(node.getOutput(0), depth + 1));
      } else if (node.getOpType().equals("Gather") && node.getInput(1).equals(value)) {
        OnnxTensor table = model.initializers().get(node.getInput(0));
        if (table != null && table.rank() > 0 && axis(node) == 0) {
          rows = Math.min(rows, table.dim(0));
        }
      }
    }
    return rows;
  }

  private static long axis(NodeProto gather) {
    return gather.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals("axis"))
        .findFirst()
        .map(AttributeProto::getI)
        .orElse(0L);
  }
}
