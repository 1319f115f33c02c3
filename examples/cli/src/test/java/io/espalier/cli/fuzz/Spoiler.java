package io.espalier.cli.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Changes single fields of a message, as bytes say: so the result is of the right form, which the
 * bytes themselves would hardly be if they were changed.
 */
final class Spoiler {
  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    3,
    7,
    8,
    127,
    1L << 16,
    Integer.MAX_VALUE,
    1L << 31,
    1L << 40,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Integer.MIN_VALUE
  };
  private static final String[] WORDS = {
    "",
    "x",
    "y",
    "a.weight",
    "Conv",
    "Reshape",
    "Concat",
    "Loop",
    "If",
    "axis",
    "axes",
    "perm",
    "ai.onnx",
    "local",
    "inner",
    "\u0000",
    "Slice",
    "Squeeze",
    "Expand",
    "Split",
    "Einsum",
    "Cast"
  };
  private static final int CHANGES = 8;

  private final ByteBuffer decisions;

  private Spoiler(ByteBuffer decisions) {
    this.decisions = decisions;
  }

  /** A message changed in a few places. */
  static <T extends Message> T spoil(T message, byte[] decisions) {
    Spoiler spoiler = new Spoiler(ByteBuffer.wrap(decisions));
    Message changed = message;
    for (int i = 0; i < CHANGES && spoiler.decisions.hasRemaining(); i++) {
      changed = spoiler.change(changed);
    }
    @SuppressWarnings("unchecked") // a changed message is of the same type
    T result = (T) changed;
    return result;
  }

  private int next(int below) {
    return decisions.hasRemaining() ? (decisions.get() & 0xff) % below : 0;
  }

  private Message change(Message message) {
    List<FieldDescriptor> fields = message.getDescriptorForType().getFields();
    List<FieldDescriptor> set = List.copyOf(message.getAllFields().keySet());
    int choice = next(set.size() + 1);
    if (choice == set.size()) {
      FieldDescriptor field = fields.get(next(fields.size()));
      return field.isRepeated() ? added(message, field) : with(message, field);
    }
    FieldDescriptor field = set.get(choice);
    return field.isRepeated() ? changedElement(message, field) : with(message, field);
  }

  private Message with(Message message, FieldDescriptor field) {
    Message.Builder builder = message.toBuilder();
    if (field.getJavaType() != JavaType.MESSAGE && next(8) == 0) {
      return builder.clearField(field).build();
    }
    return builder.setField(field, value(field, message.getField(field))).build();
  }

  private Message added(Message message, FieldDescriptor field) {
    Message.Builder builder = message.toBuilder();
    Object before =
        field.getJavaType() == JavaType.MESSAGE
            ? builder.newBuilderForField(field).build()
            : field.getJavaType() == JavaType.STRING ? "" : 0L;
    return builder.addRepeatedField(field, value(field, before)).build();
  }

  private Message changedElement(Message message, FieldDescriptor field) {
    Message.Builder builder = message.toBuilder();
    int count = message.getRepeatedFieldCount(field);
    int index = next(count);
    List<?> elements = (List<?>) message.getField(field);
    switch (next(8)) {
      case 0 -> {
        builder.clearField(field);
        for (int i = 0; i < count; i++) {
          if (i != index) {
            builder.addRepeatedField(field, elements.get(i));
          }
        }
      }
      case 1 -> builder.addRepeatedField(field, elements.get(index));
      case 2 -> {
        int other = next(count);
        builder.setRepeatedField(field, index, elements.get(other));
        builder.setRepeatedField(field, other, elements.get(index));
      }
      default -> builder.setRepeatedField(field, index, value(field, elements.get(index)));
    }
    return builder.build();
  }

  private Object value(FieldDescriptor field, Object before) {
    return switch (field.getJavaType()) {
      case MESSAGE -> change((Message) before);
      case INT -> (int) number(before);
      case LONG -> number(before);
      case FLOAT -> (float) number(before);
      case DOUBLE -> (double) number(before);
      case BOOLEAN -> next(2) == 0;
      case STRING -> word((String) before);
      case BYTE_STRING -> bytes(before instanceof ByteString old ? old : ByteString.EMPTY);
      case ENUM ->
          field.getEnumType().getValues().get(next(field.getEnumType().getValues().size()));
    };
  }

  private long number(Object before) {
    int choice = next(NUMBERS.length + 8);
    long old = before instanceof Number n ? n.longValue() : 0;
    return choice < NUMBERS.length ? NUMBERS[choice] : old + choice - NUMBERS.length - 4;
  }

  private String word(String before) {
    int choice = next(WORDS.length + 4);
    return choice < WORDS.length ? WORDS[choice] : before + choice;
  }

  private ByteString bytes(ByteString before) {
    int keep = next(before.size() + 1);
    byte[] more = new byte[next(4)];
    for (int i = 0; i < more.length; i++) {
      more[i] = (byte) next(256);
    }
    return before.substring(0, keep).concat(ByteString.copyFrom(more));
  }
}
