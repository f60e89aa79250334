namespace ActorBroker.Core.Collections;

/// <content>The intervals in their arrays: found, put in between, taken out.</content>
public sealed partial class PositionSet
{
    // Index of the first interval that ends above the position.
    private int IndexOfEndAbove(long position)
    {
        if (_size > 0 && _ends[_head] > position)
        {
            return 0;
        }

        int low = 0, high = _size;
        while (low < high)
        {
            var middle = (int)((uint)(low + high) >> 1);
            if (_ends[_head + middle] > position)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private void InsertAt(int index)
    {
        if (index == 0 && _head > 0)
        {
            _head--;
            _size++;
            return;
        }

        if (_head + _size == _firsts.Length)
        {
            MakeRoom();
        }

        var from = _head + index;
        Array.Copy(_firsts, from, _firsts, from + 1, _size - index);
        Array.Copy(_ends, from, _ends, from + 1, _size - index);
        _size++;
    }

    private void MakeRoom()
    {
        // Sliding down is enough while half of the arrays is free at the front, so that it is paid for by the takes.
        var capacity = _head > 0 && _head >= _firsts.Length / 2 ? _firsts.Length : Math.Max(CapacityMin, _firsts.Length * 2);
        var firsts = capacity == _firsts.Length ? _firsts : new long[capacity];
        var ends = capacity == _ends.Length ? _ends : new long[capacity];
        Array.Copy(_firsts, _head, firsts, 0, _size);
        Array.Copy(_ends, _head, ends, 0, _size);
        _firsts = firsts;
        _ends = ends;
        _head = 0;
    }

    private void RemoveIntervals(int from, int to)
    {
        var count = to - from;
        if (count <= 0)
        {
            return;
        }

        if (from == 0)
        {
            _head += count;
        }
        else
        {
            Array.Copy(_firsts, _head + to, _firsts, _head + from, _size - to);
            Array.Copy(_ends, _head + to, _ends, _head + from, _size - to);
        }

        _size -= count;
        if (_size == 0)
        {
            _head = 0;
            if (_firsts.Length > 1024)
            {
                _firsts = [];
                _ends = [];
            }
        }
    }
}
