package io.espalier.onnx.trace;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads from a node which module it belongs to.
 *
 * <p>PyTorch's newer exporter writes the modules around a node into its metadata, as full names
 * with their classes. The older one writes them into the node's name, {@code
 * /layer1/layer1.0/conv1/Conv}: a part that goes on from the one before ({@code layer1}, {@code
 * layer1.0}) replaces it, any other is added ({@code layer1.0.conv1}); the last part is the
 * operator. Names of other exporters with slashes are read the same way: {@code model/dense/MatMul}
 * of tf2onnx is {@code model.dense}; its wrapper {@code StatefulPartitionedCall} and the {@code
 * Tensordot} inside dense layers are left out. A name without a slash tells of no module.
 */
final class Scopes {
  private static final String NAMES = "pkg.torch.onnx.name_scopes";
  private static final String CLASSES = "pkg.torch.onnx.class_hierarchy";
  private static final String WRAPPER = "StatefulPartitionedCall";
  private static final String TENSORDOT = "Tensordot";

  private final Scope root = Scope.root();
  private final Map<String, Place> byPath = new HashMap<>();
  private final Map<String, Scope> byMetadata = new HashMap<>();

  /** A module, and the part of a path that it stands for. */
  private record Place(Scope scope, String part) {}

  /** The module around all. */
  Scope root() {
    return root;
  }

  /** The module a node belongs to; the root where it does not say. */
  Scope of(NodeProto node) {
    for (StringStringEntryProto entry : node.getMetadataPropsList()) {
      if (entry.getKey().equals(NAMES)) {
        return ofMetadata(entry.getValue(), node);
      }
    }
    String name = node.getName();
    int end = name.indexOf(';');
    int slash = name.lastIndexOf('/', end < 0 ? name.length() : end);
    return slash < 0 ? root : ofPath(name.substring(0, slash)).scope;
  }

  private Place ofPath(String path) {
    Place known = byPath.get(path);
    if (known != null) {
      return known;
    }
    Place place = new Place(root, "");
    if (!path.isEmpty()) {
      int slash = path.lastIndexOf('/');
      String part = path.substring(slash + 1);
      Place outer = slash < 0 ? place : ofPath(path.substring(0, slash));
      place =
          part.isEmpty() || part.equals(WRAPPER) || part.equals(TENSORDOT)
              ? outer
              : new Place(outer.scope.child(join(outer, part), ""), part);
    }
    byPath.put(path, place);
    return place;
  }

  private static String join(Place outer, String part) {
    String name = outer.scope.name();
    if (name.isEmpty()) {
      return part;
    }
    boolean goesOn =
        part.length() > outer.part.length()
            && part.charAt(outer.part.length()) == '.'
            && part.startsWith(outer.part);
    return goesOn
        ? name.substring(0, name.length() - outer.part.length()) + part
        : name + "." + part;
  }

  /**
   * The names are a list as Python prints it, {@code ['', 'fc', 'linear']}; the last is the
   * operator.
   */
  private Scope ofMetadata(String names, NodeProto node) {
    int end = names.lastIndexOf(", ");
    if (end < 0) {
      return root;
    }
    Scope known = byMetadata.get(names.substring(0, end));
    if (known != null) {
      return known;
    }
    List<String> modules = list(names.substring(0, end));
    List<String> classes = List.of();
    for (StringStringEntryProto entry : node.getMetadataPropsList()) {
      if (entry.getKey().equals(CLASSES)) {
        classes = list(entry.getValue());
      }
    }
    Scope scope = root;
    for (int i = 0; i < modules.size(); i++) {
      String module = modules.get(i);
      if (!module.isEmpty() && !module.equals(scope.name())) {
        scope = scope.child(module, i < classes.size() ? classes.get(i) : "");
      }
    }
    byMetadata.put(names.substring(0, end), scope);
    return scope;
  }

  /** The strings in quotes, single or double. */
  private static List<String> list(String text) {
    List<String> parts = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char quote = text.charAt(at++);
      if (quote == '\'' || quote == '"') {
        int end = text.indexOf(quote, at);
        if (end < 0) {
          break;
        }
        parts.add(text.substring(at, end));
        at = end + 1;
      }
    }
    return parts;
  }
}
