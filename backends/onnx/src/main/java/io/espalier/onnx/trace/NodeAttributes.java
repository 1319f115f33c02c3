package io.espalier.onnx.trace;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.spi.Attributes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a node, read where they stand. A small tensor counts as the list of its
 * elements.
 */
final class NodeAttributes implements Attributes {
  /** A larger tensor is data, not an option. */
  private static final int MOST_ELEMENTS = 1024;

  private final OnnxModel model;
  private final List<AttributeProto> attributes;

  NodeAttributes(OnnxModel model, NodeProto node) {
    this.model = model;
    this.attributes = node.getAttributeList();
  }

  @Override
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    attributes.forEach(attribute -> names.add(attribute.getName()));
    return names;
  }

  @Override
  public long number(String name, long otherwise) {
    AttributeProto attribute = find(name, AttributeType.INT);
    return attribute == null ? otherwise : attribute.getI();
  }

  @Override
  public double real(String name, double otherwise) {
    AttributeProto attribute = find(name, AttributeType.FLOAT);
    return attribute == null ? otherwise : attribute.getF();
  }

  @Override
  public String text(String name, String otherwise) {
    AttributeProto attribute = find(name, AttributeType.STRING);
    return attribute == null ? otherwise : attribute.getS().toStringUtf8();
  }

  @Override
  public Optional<long[]> numbers(String name) {
    AttributeProto list = find(name, AttributeType.INTS);
    if (list != null) {
      return Optional.of(list.getIntsList().stream().mapToLong(Long::longValue).toArray());
    }
    OnnxTensor tensor = tensor(name);
    return tensor != null && DataTypes.isInteger(tensor.dataType())
        ? Optional.of(tensor.longs())
        : Optional.empty();
  }

  @Override
  public Optional<double[]> reals(String name) {
    AttributeProto list = find(name, AttributeType.FLOATS);
    if (list != null) {
      return Optional.of(list.getFloatsList().stream().mapToDouble(Float::doubleValue).toArray());
    }
    OnnxTensor tensor = tensor(name);
    if (tensor == null || !DataTypes.isFloating(tensor.dataType())) {
      return Optional.empty();
    }
    float[] values = tensor.floats();
    double[] reals = new double[values.length];
    for (int i = 0; i < reals.length; i++) {
      reals[i] = values[i];
    }
    return Optional.of(reals);
  }

  @Override
  public Optional<String[]> texts(String name) {
    AttributeProto list = find(name, AttributeType.STRINGS);
    return list == null
        ? Optional.empty()
        : Optional.of(
            list.getStringsList().stream().map(ByteString::toStringUtf8).toArray(String[]::new));
  }

  private @Nullable OnnxTensor tensor(String name) {
    AttributeProto attribute = find(name, AttributeType.TENSOR);
    if (attribute == null) {
      return null;
    }
    OnnxTensor tensor = model.tensor(attribute.getT());
    return tensor.elementCount() <= MOST_ELEMENTS ? tensor : null;
  }

  private @Nullable AttributeProto find(String name, AttributeType type) {
    for (AttributeProto attribute : attributes) {
      if (attribute.getName().equals(name)) {
        return type(attribute) == type ? attribute : null;
      }
    }
    return null;
  }

  /** The type an attribute states or, in files from before that was asked for, the field it has. */
  static AttributeType type(AttributeProto attribute) {
    if (attribute.getType() != AttributeType.UNDEFINED) {
      return attribute.getType();
    }
    if (attribute.hasI()) {
      return AttributeType.INT;
    } else if (attribute.hasF()) {
      return AttributeType.FLOAT;
    } else if (attribute.hasS()) {
      return AttributeType.STRING;
    } else if (attribute.hasT()) {
      return AttributeType.TENSOR;
    } else if (attribute.hasG()) {
      return AttributeType.GRAPH;
    } else if (attribute.getFloatsCount() > 0) {
      return AttributeType.FLOATS;
    } else if (attribute.getStringsCount() > 0) {
      return AttributeType.STRINGS;
    } else if (attribute.getGraphsCount() > 0) {
      return AttributeType.GRAPHS;
    }
    return AttributeType.INTS;
  }
}
