/**
 * Stages, in the format of KWOK ({@code kwok.x-k8s.io/v1alpha1}, kind Stage): rules by which pods
 * and nodes change by themselves, written by users.
 *
 * <pre>
 *   StageReader ---> Stage: which objects (StageSelector), after how long (StageDelay),
 *      |                    with what weight among others (StageNumber), what then (StageStep)
 *      |
 *      '-- JqQuery, GoTemplate: the two languages inside, each the part of it that stages use
 *
 *   Stages.next(object, random) ---> the stage that is next for an object
 * </pre>
 *
 * <p>All of this is pure: an object's document goes in, what is to be done comes out. {@code
 * io.towtank.node} plays stages. What a stage asks for that is not supported is refused by name
 * when the file is read, with its line; nothing is passed over.
 */
package io.towtank.stage;
