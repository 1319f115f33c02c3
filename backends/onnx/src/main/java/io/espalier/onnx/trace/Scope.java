package io.espalier.onnx.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A module of the network as its nodes tell of it: the nodes that belong to it, the layers placed
 * in it, and the modules inside. The outermost one has an empty name.
 */
final class Scope {
  /** The classes whose modules do nothing but run what is in them, one after the other. */
  private static final Set<String> SEQUENTIAL =
      Set.of("torch.nn.modules.container.Sequential", "ai.djl.nn.SequentialBlock");

  private final @Nullable Scope parent;
  private final String name;
  private final String className;
  private final Map<String, Scope> children = new LinkedHashMap<>();
  private final List<Integer> nodes = new ArrayList<>();
  private final List<LayerDraft> layers = new ArrayList<>();
  private int first = Integer.MAX_VALUE;

  private Scope(@Nullable Scope parent, String name, String className) {
    this.parent = parent;
    this.name = name;
    this.className = className;
  }

  static Scope root() {
    return new Scope(null, "", "");
  }

  /** The full name, {@code layer1.0.conv1}. */
  String name() {
    return name;
  }

  boolean isRoot() {
    return parent == null;
  }

  /** The module directly inside this one with a full name, which is made if there is none yet. */
  Scope child(String fullName, String childClass) {
    return children.computeIfAbsent(fullName, key -> new Scope(this, key, childClass));
  }

  /** The innermost module around this one, or itself, that a layer of some name belongs into. */
  Scope around(String layer) {
    Scope scope = this;
    while (scope.parent != null && !holds(scope.name, layer)) {
      scope = scope.parent;
    }
    return scope;
  }

  private static boolean holds(String module, String layer) {
    return layer.startsWith(module)
        && (layer.length() == module.length() || layer.charAt(module.length()) == '.');
  }

  void add(int node) {
    nodes.add(node);
    for (Scope scope = this; scope != null; scope = scope.parent) {
      scope.first = Math.min(scope.first, node);
    }
  }

  void add(LayerDraft layer) {
    layers.add(layer);
  }

  /** The layers placed right here. */
  List<LayerDraft> layers() {
    return layers;
  }

  /** The modules inside that have nodes, in the order of their first ones. */
  List<Scope> live() {
    List<Scope> live = new ArrayList<>();
    for (Scope child : children.values()) {
      if (child.first < Integer.MAX_VALUE) {
        live.add(child);
      }
    }
    live.sort(Comparator.comparingInt(child -> child.first));
    return live;
  }

  /** All nodes inside, ascending. */
  List<Integer> span() {
    List<Integer> span = new ArrayList<>();
    collect(span);
    span.sort(null);
    return span;
  }

  private void collect(List<Integer> span) {
    span.addAll(nodes);
    children.values().forEach(child -> child.collect(span));
  }

  /**
   * Whether this is an nn.Sequential: its class says so, or it does nothing itself and the modules
   * directly inside are its name and ascending numbers. Numbers may be missing, since a dropout, or
   * a norm that was folded into its convolution, leaves no node. A module list has no forward
   * method, so that no node tells of it.
   */
  boolean isSequential() {
    if (parent == null || !nodes.isEmpty() || !layers.isEmpty()) {
      return false;
    }
    List<Scope> live = live();
    if (SEQUENTIAL.contains(className)) {
      return !live.isEmpty();
    }
    int last = -1;
    for (Scope child : live) {
      int number = number(child.name);
      if (number <= last) {
        return false;
      }
      last = number;
    }
    return last >= 0;
  }

  /** The number of a child called {@code name.number}; -1 for any other. */
  private int number(String child) {
    int start = name.length() + 1;
    int length = child.length() - start;
    if (length < 1 || length > 8 || !child.startsWith(name) || child.charAt(start - 1) != '.') {
      return -1;
    }
    int number = 0;
    for (int i = start; i < child.length(); i++) {
      char digit = child.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = 10 * number + digit - '0';
    }
    return number;
  }

  @Override
  public String toString() {
    return name;
  }
}
