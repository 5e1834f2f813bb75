namespace RouterOS.Proto.InProcess;

/// <summary>A method that can be called.</summary>
/// <param name="Context">Where the handler runs; null: where the caller runs.</param>
/// <param name="Handle">Runs the handler between the two streams of the call.</param>
internal sealed record InProcessMethod(SynchronizationContext? Context, Func<InProcessServerContext, Task> Handle);
