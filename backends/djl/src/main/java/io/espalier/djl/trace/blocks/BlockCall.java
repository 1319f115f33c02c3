package io.espalier.djl.trace.blocks;

import ai.djl.nn.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One call of a block's forward pass, within the call of the block around it. */
public final class BlockCall {
  /**
   * What the stack tells of a call.
   *
   * @param type the class whose forward pass it is, or one that the block's class extends
   * @param site where the block around it makes the call
   */
  record Key(Class<?> type, String site) {}

  private final @Nullable Key key;
  private final List<BlockCall> children = new ArrayList<>();
  private @Nullable Block block;
  private boolean acted;

  BlockCall(@Nullable BlockCall parent, @Nullable Key key, @Nullable Block block) {
    this.key = key;
    this.block = block;
    if (parent != null) {
      parent.children.add(this);
    }
  }

  Optional<Key> key() {
    return Optional.ofNullable(key);
  }

  /** The block, as far as that is known. */
  public Optional<Block> block() {
    return Optional.ofNullable(block);
  }

  void resolve(Block known) {
    block = known;
  }

  /** The calls made from this one, in order. */
  public List<BlockCall> children() {
    return children;
  }

  /** Whether the block itself, and none inside it, recorded an operator. */
  boolean acted() {
    return acted;
  }

  void act() {
    acted = true;
  }
}
