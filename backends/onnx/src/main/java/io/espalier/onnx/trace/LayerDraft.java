package io.espalier.onnx.trace;

import io.espalier.spi.OpId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A layer while its nodes are being gathered. */
final class LayerDraft {
  private final LayerName base;
  private final String name;
  private final List<Integer> nodes = new ArrayList<>();
  private final Set<Use> uses = new HashSet<>();
  private boolean heavy;
  private String type = "";
  private int typeRank = -1;
  private int lastOwner;

  /** What an operator does to a parameter. */
  private record Use(OpId op, int weight) {}

  /**
   * @param base what its nodes propose
   * @param name the same, made unique
   */
  LayerDraft(LayerName base, String name) {
    this.base = base;
    this.name = name;
  }

  /** Adds a node that reads parameters. */
  void add(Owner owner, Parameters parameters) {
    nodes.add(owner.node().index());
    lastOwner = owner.node().index();
    heavy |= owner.isHeavy();
    OpId op = owner.node().op();
    for (int weight : owner.weights()) {
      uses.add(new Use(op, weight));
      if (parameters.rank(weight) > typeRank) {
        typeRank = parameters.rank(weight);
        type = op.toString();
      }
    }
  }

  /**
   * Whether a node with the same name belongs to another layer all the same: a second weighty
   * operator, or one that does to the parameters that name the layer what an earlier one did
   * already, which is a module called twice.
   */
  boolean refuses(Owner owner) {
    if (heavy && owner.isHeavy()) {
      return true;
    }
    if (base.isOf(LayerName.Origin.PARAMETER)) {
      for (int weight : owner.weights()) {
        if (uses.contains(new Use(owner.node().op(), weight))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Adds a node without parameters. */
  void add(int node) {
    nodes.add(node);
  }

  LayerName base() {
    return base;
  }

  String name() {
    return name;
  }

  String type() {
    return type;
  }

  /** Its nodes, ascending. */
  List<Integer> nodes() {
    List<Integer> sorted = new ArrayList<>(nodes);
    sorted.sort(null);
    return sorted;
  }

  int firstOwner() {
    return nodes.get(0);
  }

  int lastOwner() {
    return lastOwner;
  }
}
