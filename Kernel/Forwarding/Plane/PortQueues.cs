using RouterOS.Abstractions.Ports;

namespace RouterOS.Forwarding.Plane;

/// <summary>Which worker serves which queue of a port.</summary>
/// <remarks>Queue q is worker q's. The only queue of a port is that of worker (port's number modulo workers), so that ports spread.</remarks>
internal static class PortQueues
{
    /// <summary>The queue that a worker serves; -1 for none.</summary>
    public static int QueueOf(IPort port, int number, WorkerServices worker) =>
        port.Queues == 1 ? (number % worker.Workers == worker.Number ? 0 : -1)
        : worker.Number < port.Queues ? worker.Number
        : -1;

    /// <summary>The worker that sends for one without a queue.</summary>
    public static int TransmitterOf(IPort port, int number, WorkerServices worker) =>
        port.Queues == 1 ? number % worker.Workers : worker.Number % port.Queues;
}
