package io.towtank.controllers.endpointslice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The writes that a sync asks for. They are sent in this order: creations, updates, deletions. */
final class SlicePlan {
  /** A slice, and the family of addresses that it is for. */
  record Write(SliceFamily family, TrackedSlice slice) {}

  /**
   * A Kubernetes event about the service.
   *
   * @param type Normal or Warning
   */
  record Note(String type, String reason, String message) {}

  final List<Write> creations = new ArrayList<>();
  final List<Write> updates = new ArrayList<>();
  final List<Write> deletions = new ArrayList<>();
  final List<Note> notes = new ArrayList<>();

  /** Whether addresses came, went or changed: one Endpoints object would have been written. */
  boolean addressesChanged;

  /** Pods that were left out since nobody knows their node, by name; it is to be tried again. */
  final Map<String, String> podsWithoutNode = new LinkedHashMap<>();

  boolean isEmpty() {
    return creations.isEmpty() && updates.isEmpty() && deletions.isEmpty();
  }
}
